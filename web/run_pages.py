"""The pages that take a student's own run of an experiment and delete it, and those on which a class's staff see its runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from exam import classes, runs
from exam.runs import ClassRuns, UnknownRun
from questions.experiments.labels import LABELS
from questions.experiments.logs import BadLog, decoded, spans
from questions.experiments.told import METRICS
from questions.model import Words
from questions.pictures import RunsPicture, runs_picture
from web.language import language_of
from web.pages import Form, Someone, go, opened, show_review, text_of
from web.pictures import HEADERS, draw
from web.runs import refused, stamp
from web.signin import store_of
from web.teaching import InCharge
from web.templates import page

router = APIRouter(include_in_schema=False)


async def uploaded(request: Request) -> dict[str, str | bytes]:
    """The fields of a form that may bring a file; what is in the file stands in for a field of its name that is blank."""
    found: dict[str, str | bytes] = {}
    async with request.form(max_fields=10, max_files=1) as form:
        for name, value in form.multi_items():
            content = value if isinstance(value, str) else await value.read()
            if not found.get(name) or not str(found[name]).strip():
                found[name] = content
    return found


Uploaded = Annotated[dict[str, str | bytes], Depends(uploaded)]


@router.post("/attempts/{id}/review/{number}", response_class=HTMLResponse)
def send_run(request: Request, id: str, number: int, form: Uploaded, person: Someone) -> Response:
    """Keeps a student's own run of an experiment and shows it beside ours; a log that cannot be read is kept on the page."""
    one, variant = opened(request, person, id, number)
    asked = variant.question.training
    if one.open or asked is None:
        return go(f"/attempts/{id}/{'questions' if one.open else 'review'}/{number}")
    log, of = form.get("log", ""), text_of(form, "of") or asked.experiments[0]
    try:
        text = decoded(log) if isinstance(log, bytes) else log
        runs.keep(store_of(request), person, id, variant.question.id, of, text)
    except BadLog as problem:
        return show_review(request, person, id, number, problem=refused(of, log if isinstance(log, str) else "", problem))
    return go(f"/attempts/{id}/review/{number}#run")


@router.post("/attempts/{id}/review/{number}/delete-run")
def delete_run(request: Request, id: str, number: int, form: Form, person: Someone) -> Response:
    """Deletes a student's own run of an experiment."""
    _, variant = opened(request, person, id, number)
    runs.forget(store_of(request), person, id, variant.question.id, text_of(form, "of"))
    return go(f"/attempts/{id}/review/{number}#run")


def drawing(each: ClassRuns) -> RunsPicture:
    """The runs of a class as they are drawn."""
    told = [(name, run.accuracies, bool(run.found and run.found.plausible)) for name, run in each.runs.items()]
    return runs_picture(each.experiment, each.metric, told)


@router.get("/teach/classes/{id}/runs", response_class=HTMLResponse)
def class_runs(request: Request, id: str, person: InCharge) -> Response:
    """The experiments of which a class's students sent runs, each with its chart and who sent what."""
    found = runs.of_class(store_of(request), person, id)
    title = classes.overview(store_of(request), person, id).school_class.title
    labels = {each.experiment: Words(**LABELS[each.experiment]) for each in found}
    alts = [drawing(each).alt for each in found]
    stamps = [stamp(each.runs.values()) for each in found]
    rows = list(zip(found, alts, stamps, strict=True))
    return page(request, "teach-runs.html", id=id, title=title, rows=rows, labels=labels, metrics=METRICS, spans=spans)


@router.get("/teach/classes/{id}/runs/{experiment}/{metric}.svg")
def class_runs_picture(request: Request, id: str, experiment: str, metric: str, person: InCharge, narrow: bool = False) -> Response:
    """The runs of a class beside our seeds."""
    for each in runs.of_class(store_of(request), person, id):
        if (each.experiment, each.metric) == (experiment, metric):
            return Response(draw(drawing(each), language_of(request), narrow), media_type="image/svg+xml", headers=HEADERS)
    raise UnknownRun("Chưa ai trong lớp gửi lần chạy nào như thế.", "Nobody in this class has sent such a run.")
