"""Draws a question's picture as SVG by hand: a net with its numbers, or contours with the paths on them."""

from __future__ import annotations

from questions.pictures import BoundaryPicture, DescentPicture, FunctionPicture, NetworkPicture, PathPicture, Picture, SchedulePicture
from web.boundaries import draw_boundary
from web.bowls import draw_path
from web.descents import draw_descents
from web.functions import draw_function
from web.nets import draw_net
from web.pen import Pen
from web.schedules import draw_schedule

SAY = {
    "vi": {"net": "Mạng nơ-ron", "path": "Đường đi trên lòng chảo", "function": "Hàm số và đạo hàm", "descent": "Đường đi xuống",
           "schedule": "Lịch giảm tốc độ học", "label": "nhãn",
           "forward": "lượt xuôi, đã cho", "backward": "lượt ngược, cần tìm",
           "back": "lượt ngược", "rest": "phần|còn lại|của mạng", "start": "xuất phát", "own": "của bạn", "true": "đường đúng",
           "apart": "đường mức cách nhau {}", "whole": "cả lòng chảo;", "box": "ô nhỏ là hình này",
           "boundary": "Đường ranh giới", "before": "trước", "after": "sau", "works": "một cách đúng",
           "outside": "{}: ngoài hình"},
    "en": {"net": "Network", "path": "Path on the bowl", "function": "A function and its derivative", "descent": "The way down",
           "schedule": "Learning-rate schedule", "label": "label",
           "forward": "forward pass, given", "backward": "backward pass, to find",
           "back": "backward pass", "rest": "the rest|of the net", "start": "start", "own": "yours", "true": "true path",
           "apart": "contours {} apart", "whole": "the whole bowl;", "box": "the box is this plot",
           "boundary": "Decision boundary", "before": "before", "after": "after", "works": "one that works",
           "outside": "{}: outside the plot"},
}  # fmt: skip


def draw(picture: Picture, language: str, narrow: bool = False) -> str:
    """The picture as an SVG text with its title and description in `language` (vi or en); `narrow` for a phone's 358 px."""
    language = "vi" if language == "vi" else "en"
    say = SAY[language]
    pen = Pen(narrow)
    kind, height = drawn(pen, picture, say)
    return pen.svg(height, say[kind], getattr(picture.alt, language), language)


def drawn(pen: Pen, picture: Picture, say: dict[str, str]) -> tuple[str, float]:
    """Draws a picture, and returns what kind it is and how tall it became."""
    match picture:
        case NetworkPicture():
            return "net", draw_net(pen, picture, say)
        case PathPicture():
            return "path", draw_path(pen, picture, say)
        case FunctionPicture():
            return "function", draw_function(pen, picture, say)
        case DescentPicture():
            return "descent", draw_descents(pen, picture, say)
        case SchedulePicture():
            return "schedule", draw_schedule(pen, picture, say)
        case BoundaryPicture():
            return "boundary", draw_boundary(pen, picture, say)
