"""Draws a question's picture as SVG by hand, each kind in a module of its own."""

from __future__ import annotations

from questions.pictures import (
    BoundaryPicture,
    DescentPicture,
    DistributionPicture,
    FunctionPicture,
    NetworkPicture,
    PathPicture,
    Picture,
    RunsPicture,
    SchedulePicture,
    ThresholdPicture,
    TrainingPicture,
)
from web.boundaries import draw_boundary
from web.bowls import draw_path
from web.descents import draw_descents
from web.distributions import draw_distribution
from web.functions import draw_function
from web.nets import draw_net
from web.pen import Pen
from web.schedules import draw_schedule
from web.thresholds import draw_threshold
from web.trainings import draw_runs, draw_training

SAY = {
    "vi": {"net": "Mạng nơ-ron", "path": "Đường đi trên lòng chảo", "derivative": "Hàm số và đạo hàm", "function": "Đồ thị hàm số",
           "descent": "Đường đi xuống", "schedule": "Lịch giảm learning rate", "boundary": "Đường ranh giới", "distribution": "Phân phối",
           "forward": "lượt thuận, đã cho", "backward": "lượt ngược, cần tìm", "label": "nhãn",
           "back": "lượt ngược", "rest": "phần|còn lại|của mạng", "start": "xuất phát", "own": "của bạn", "true": "đường đúng",
           "apart": "đường mức cách nhau {}", "whole": "cả lòng chảo;", "box": "ô nhỏ là hình này",
           "right": "đúng", "before": "trước", "after": "sau", "works": "một cách đúng", "outside": "{}: ngoài hình",
           "normal": "chuẩn", "uniform": "đều", "training": "Mạng được huấn luyện", "linear": "tuyến tính",
           "new": "đậm, có màu: mới so với bước trước", "accuracy": "Độ chính xác của mọi seed",
           "gradients": "Chuẩn gradient theo lớp, trung bình của epoch", "layer": "lớp", "own run": "lần chạy của bạn",
           "runs": "Lần chạy của cả lớp", "ours": "{} seed của chúng tôi", "students": "sinh viên",
           "accuracy of all": "Độ chính xác sau mỗi epoch", "odd": "ngoài dải của chúng tôi",
           "chosen": "khoảng bạn chọn", "true band": "khoảng đúng", "language": "vi"},
    "en": {"net": "Network", "path": "Path on the bowl", "derivative": "A function and its derivative", "function": "Graph of a function",
           "descent": "The way down", "schedule": "Learning-rate schedule", "boundary": "Decision boundary", "distribution": "Distribution",
           "forward": "forward pass, given", "backward": "backward pass, to find", "label": "label",
           "back": "backward pass", "rest": "the rest|of the net", "start": "start", "own": "yours", "true": "true path",
           "apart": "contours {} apart", "whole": "the whole bowl;", "box": "the box is this plot",
           "right": "true", "before": "before", "after": "after", "works": "one that works", "outside": "{}: outside the plot",
           "normal": "normal", "uniform": "uniform", "training": "A network in training", "linear": "linear",
           "new": "bold, in colour: new since the step before", "accuracy": "Accuracy of every seed",
           "gradients": "Gradient norm by layer, mean of the epoch", "layer": "layer", "own run": "your run",
           "runs": "The runs of a class", "ours": "our {} seeds", "students": "students",
           "accuracy of all": "Accuracy after each epoch", "odd": "outside our band",
           "chosen": "the band you chose", "true band": "the true band", "language": "en"},
}  # fmt: skip


# What an SVG is sent with: kept a day, for it changes with its address.
HEADERS = {
    "Cache-Control": "private, max-age=86400",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Cookie",
}


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
            return "derivative" if picture.slopes else "function", draw_function(pen, picture, say)
        case DescentPicture():
            return "descent", draw_descents(pen, picture, say)
        case SchedulePicture():
            return "schedule", draw_schedule(pen, picture, say)
        case BoundaryPicture():
            return "boundary", draw_boundary(pen, picture, say)
        case DistributionPicture():
            return "distribution", draw_distribution(pen, picture, say)
        case TrainingPicture():
            return "training", draw_training(pen, picture, say)
        case RunsPicture():
            return "runs", draw_runs(pen, picture, say)
        case ThresholdPicture():
            return "boundary", draw_threshold(pen, picture, say)
