"""The pages that print a paper, without scripts: for whom, what stands on a sheet and what must not, and the way back from its code."""

import re
from html import unescape

import pytest

from exam import classes, printing, roster, starting
from exam.keys import key_of
from exam.printing import MOST_COPIES
from tests.web.test_pages import Reader
from web import printed
from web.language import translations

ASKED = ["optim-adam-vary", "aio2024-cau-03-vary", "aio2024-cau-06-vary", "optim-mcq-01", "idx-header", "linear-order", "softmax-facts",
         "regression-shapes-vary", "gate-vary", "train-sgd-interval", "optim-written"]  # fmt: skip


@pytest.fixture
def teacher(browse):
    return Reader(browse("Thầy", "teacher"))


@pytest.fixture
def id(teacher, installation):
    paper = f"print-{next(installation.numbers)}"
    installation.paper(paper, ASKED, teacher=teacher.client.person, preset="exam", minutes=90)
    return paper


def run_of(installation, teacher, id, count=2):
    return printing.numbered(installation.store, teacher.client.person, id, count)


def sheet(teacher, id, code, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return teacher.go(f"/teach/papers/{id}/print/{code}?{query}")


def numbers_of(variant):
    """The right values of a variant as they would be printed, where they tell anything."""
    for entry in key_of(variant):
        if entry.tolerance:
            yield from (text for text in entry.value.split(", ") if len(text.replace("-", "").replace(".", "").strip("0")) > 3)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_the_page_of_a_paper_to_sheets_for_a_class_and_back_from_a_code(browse, installation, lang):
    said = translations(lang).gettext
    teacher = Reader(browse("Thầy", "teacher", lang=lang))
    id = f"print-{next(installation.numbers)}"
    installation.paper(id, ASKED, teacher=teacher.client.person, minutes=90)
    (school_class,) = [one.school_class.id for one in classes.overviews(installation.store, teacher.client.person)]
    names = [f"Nguyễn Thị Ánh {next(installation.numbers)}" for _ in range(3)]
    roster.take(installation.store, teacher.client.person, school_class, "\n".join(names))
    assert f"/teach/papers/{id}/print" in teacher.go(f"/teach/papers/{id}").links()
    here = f"/teach/papers/{id}/print"
    assert all(name in teacher.go(here).text for name in names)
    page = teacher.press(here, whom="class", **{"class": school_class}, show="blank", language=lang)
    assert page.reply.status_code == 200
    code = page.reply.url.path.rsplit("/", 1)[1]
    assert all(name in page.text for name in names)
    assert page.reply.text.count('<article class="copy"') == 3
    assert said("Full name") in page.text
    assert said("reference answers, not for students") not in page.text
    for other in ("answers", "solution", "key"):
        assert f"{here}/{code}?show={other}&language={lang}" in page.links(), "the same copies in another way"
    assert page.reply.headers["content-security-policy"].count("unsafe") == 0
    teacher.go(here)
    page = teacher.see(teacher.client.get(here, params={"code": f"{code.lower()} 2"}))
    assert page.reply.status_code == 200
    assert f"{code}-02" in page.text
    assert f"{code}-01" not in page.text
    assert said("reference answers, not for students") in page.text


def test_an_empty_sheet_tells_nothing_of_the_key_and_the_others_all_of_it(teacher, id, installation):
    run = run_of(installation, teacher, id)
    copy = printing.copies(installation.store, run, 1, 1)[0]
    shows = ("blank", "answers", "solution")
    blank, answers, solution = (unescape(sheet(teacher, id, run.code, copy=1, show=show).reply.text) for show in shows)
    key = unescape(sheet(teacher, id, run.code, show="key").reply.text)
    values = {text.replace("-", "−") for variant in copy.variants for text in numbers_of(variant)}
    printed_as_given = {text for text in values if text in str([variant.prompt for variant in copy.variants]).replace("-", "−")}
    assert len(values - printed_as_given) > 5
    for value in values - printed_as_given:
        shown = re.compile(rf"(?<![\d.]){re.escape(value)}(?!\d)")
        assert not shown.search(blank), value
        for text in (answers, solution, key):
            assert shown.search(text), value
    assert "filled" not in blank
    assert answers.count("tick one filled") == 2
    assert "±" not in blank
    assert 'class="solved"' not in answers
    assert 'class="solved"' in solution
    seeds = [str(variant.seed) for variant in copy.variants if variant.seed]
    assert not any(seed in text for seed in seeds for text in (blank, answers, solution, key))
    assert run.secret not in blank


def test_every_kind_of_part_has_its_own_boxes(teacher, id, installation):
    run = run_of(installation, teacher, id, 1)
    html = sheet(teacher, id, run.code, show="blank").reply.text
    copy = printing.copies(installation.store, run, 1, 1)[0]
    by_id = {variant.question.id: variant for variant in copy.variants}
    adam = by_id["optim-adam-vary"].question.parts
    table = html[html.index('class="psteps"') : html.index("</table>", html.index('class="psteps"'))]
    assert len(re.findall(r"<td[^>]*></td>", table)) == len(adam), "an empty cell for every entry"
    assert html.count('class="tick one"') == sum(len(by_id[id].options["answer"]) for id in ("optim-mcq-01", "train-sgd-interval"))
    assert html.count('class="tick"') == 4
    order, match = len(by_id["linear-order"].options["answer"]), len(by_id["idx-header"].question.parts)
    assert html.count('class="pbox letter"') == order + match
    assert html.count('class="lines"') == 1
    assert html.count("<svg ") > 4
    assert "<style>" not in html
    assert not re.search(r"<[^>]+ style=", html)


def test_a_class_of_three_hundred_comes_in_parts(teacher, id, installation):
    run = run_of(installation, teacher, id, MOST_COPIES)
    page = sheet(teacher, id, run.code, show="blank")
    most = printed.SHEETS_AT_ONCE // len(ASKED)
    assert page.reply.text.count('<article class="copy"') == most
    starts = [int(found) for link in page.links() for found in re.findall(r"first=(\d+)", link)]
    assert starts == list(range(1, MOST_COPIES + 1, most))
    last = sheet(teacher, id, run.code, show="blank", first=starts[-1])
    assert last.reply.text.count('<article class="copy"') == MOST_COPIES - starts[-1] + 1
    assert len(page.reply.content) < 4_000_000


def test_what_cannot_be_printed_is_told_and_what_was_typed_stays(teacher, id, installation):
    here = f"/teach/papers/{id}/print"
    for typed in ("0", "301", "1e2", "many", "9" * 30):
        teacher.go(here)
        page = teacher.press(here, whom="numbered", count=typed)
        assert page.reply.status_code == 422
        assert page.form_to(here)["fields"]["count"] == typed
        assert "300" in page.text
    for typed in ({"whom": "student", "person": "7777"}, {"whom": "student", "person": "x"}, {"whom": "class", "class": "none"}):
        assert teacher.see(teacher.client.post(here, data=typed)).reply.status_code == 422
    page = teacher.see(teacher.client.get(here, params={"code": "<b>KTMP-1"}))
    assert page.reply.status_code == 404
    assert "<b>KTMP" not in page.reply.text
    assert teacher.go(f"{here}/NONE").reply.status_code == 404
    run = run_of(installation, teacher, id, 3)
    for odd in ({"show": "all", "language": "xx"}, {"first": "-1"}, {"first": "99"}, {"copy": "99"}, {"copy": "x"}):
        assert sheet(teacher, id, run.code, **odd).reply.status_code == 200
    assert len(printing.runs(installation.store, teacher.client.person, id)) == 1, "nothing else was made"


def test_students_assistants_and_other_teachers_reach_no_sheet(teacher, id, browse, installation):
    run = run_of(installation, teacher, id)
    student = Reader(browse("An"))
    installation.enrol(id, student.client.person)
    starting.start(installation.store, student.client.person, id)
    for who in (student, Reader(browse("Cô", "teacher"))):
        for path in ("", f"?code={run.code}-1", f"/{run.code}?show=key", f"/{run.code}?show=blank"):
            reply = who.client.get(f"/teach/papers/{id}/print{path}")
            assert reply.status_code in (403, 404)
            assert run.code not in reply.text.replace(f"{run.code}?", "").replace(f"code={run.code}", "")
        assert who.client.get(f"/api/v1/teach/papers/{id}/copies/{run.code}-1").status_code == 404
        assert who.client.post(f"/teach/papers/{id}/print", data={"whom": "numbered", "count": "1"}).status_code in (403, 404)


def test_a_program_finds_a_copy_by_its_code(program, installation):
    teacher = program("Thầy", "teacher", "teach")
    id = f"print-{next(installation.numbers)}"
    installation.paper(id, ["optim-gd-vary", "linear-order"], teacher=teacher.person)
    run = printing.numbered(installation.store, teacher.person, id, 2)
    found = teacher.get(f"/api/v1/teach/papers/{id}/copies/{run.code}-02").json()
    (gd, order) = found["questions"]
    copy = printing.copies(installation.store, run, 2, 2)[0]
    assert (found["code"], found["faithful"], found["attempt"]) == (f"{run.code}-02", True, None)
    assert gd["givens"] == copy.variants[0].plain_givens()
    grading = program("Máy", "teacher", "grade")
    sent = {"question": gd["question"], "seed": gd["seed"], "answers": {one["part"]: one["value"] for one in gd["key"]}}
    graded = grading.post("/api/v1/grade", json=sent).json()
    assert graded["marks"] == graded["max_marks"], "the seed and the key are those that the answer book marks by"
    assert order["key"][0]["tolerance"] == ""
    assert teacher.get(f"/api/v1/teach/papers/{id}/copies/{run.code}-03").status_code == 404
