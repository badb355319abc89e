"""Draws a question's picture as SVG by hand: a net with its numbers, or contours with the paths on them."""

from __future__ import annotations

from questions.pictures import NetworkPicture, PathPicture
from web.bowls import draw_path
from web.nets import draw_net
from web.pen import Pen

SAY = {
    "vi": {"net": "Mạng nơ-ron", "path": "Đường đi trên lòng chảo", "label": "nhãn",
           "forward": "lượt xuôi, đã cho", "backward": "lượt ngược, cần tìm",
           "back": "lượt ngược", "rest": "phần|còn lại|của mạng", "start": "xuất phát", "own": "của bạn", "true": "đường đúng",
           "apart": "đường mức cách nhau {}", "whole": "cả lòng chảo;", "box": "ô nhỏ là hình này"},
    "en": {"net": "Network", "path": "Path on the bowl", "label": "label",
           "forward": "forward pass, given", "backward": "backward pass, to find",
           "back": "backward pass", "rest": "the rest|of the net", "start": "start", "own": "yours", "true": "true path",
           "apart": "contours {} apart", "whole": "the whole bowl;", "box": "the box is this plot"},
}  # fmt: skip


def draw(picture: NetworkPicture | PathPicture, language: str, narrow: bool = False) -> str:
    """The picture as an SVG text with its title and description in `language` (vi or en); `narrow` for a phone's 358 px."""
    say = SAY["vi" if language == "vi" else "en"]
    pen = Pen(narrow)
    alt = picture.alt.vi if language == "vi" else picture.alt.en
    if isinstance(picture, NetworkPicture):
        height = draw_net(pen, picture, say)
        return pen.svg(height, say["net"], alt, language)
    height = draw_path(pen, picture, say)
    return pen.svg(height, say["path"], alt, language)
