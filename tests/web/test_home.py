"""The home of who teaches: the first steps without scripts, from an empty screen to a paper that was tried; and what empty screens say."""

import re

import pytest

from exam import papers, room
from tests.web.test_pages import Reader
from web.language import translations


@pytest.fixture(params=["vi", "en"])
def teacher(request, browse):
    reader = Reader(browse("Thầy", "teacher", lang=request.param))
    reader.said = translations(request.param).gettext
    return reader


def next_step(page):
    """The heading of the step that is to be done, None without a guide."""
    found = re.search(r'aria-current="step">\s*<div><h3>(.*?)</h3>', page.reply.text)
    return found[1] if found else None


def test_the_first_steps_lead_from_nothing_to_a_paper_that_was_tried(teacher, installation):
    said = teacher.said
    assert next_step(teacher.go("/teach")) == said("Make a class")
    page = teacher.press("/teach/classes", title="")
    assert page.reply.status_code == 422
    assert 'role="alert"' in page.reply.text
    page = teacher.press("/teach/classes", title="Học sâu")
    assert (page.reply.url.path, next_step(page)) == ("/teach", said("Copy a sample paper into it"))
    (copy,) = {form["action"] for form in page.forms.values() if form["action"].endswith("/papers")}
    page = teacher.press(copy, paper="aio2024-vary")
    assert next_step(page) == said("Invite students")
    page = teacher.press(copy.replace("/papers", "/code"), "do", "renew")
    code = re.search(r">([B-Z]{4}-[B-Z]{4})<", page.reply.text)[1]
    assert next_step(page) == said("Try the paper as a student")
    mine = papers.paper(installation.store, next(p.id for p in papers.papers(installation.store) if copy.split("/")[3] in p.classes))
    page = teacher.press(f"/teach/papers/{mine.id}/rehearsal")
    attempt = page.reply.url.path.split("/")[2]
    assert said("You try this paper as a student. It counts nowhere, and you can remove it once it is handed in.") in page.text
    teacher.type("submit", z="1")
    page = teacher.press(f"/attempts/{attempt}/submit")
    assert page.form_to(f"/teach/rehearsals/{attempt}/remove")
    page = teacher.go("/teach")
    assert next_step(page) == said("Write a question of your own")
    page = teacher.go("/teach/papers")
    assert f"/attempts/{attempt}/review" in page.links()
    page = teacher.press(f"/teach/rehearsals/{attempt}/remove")
    assert f"/attempts/{attempt}/review" not in page.links()
    teacher.go("/teach/new-question")
    teacher.press("/teach/new-question", vi="Câu của tôi", en=f"Mine {next(installation.numbers)}")
    page = teacher.go("/teach")
    assert "guide" not in page.reply.text, "it is gone when all is done"
    assert [seat.name for seat in room.room(installation.store, teacher.client.person, mine.id).seats] == []
    assert code in teacher.go(copy.rsplit("/", 1)[0]).text


def test_the_guide_is_put_away_and_called_back_for_one_person(teacher, browse):
    said = teacher.said
    teacher.go("/teach")
    page = teacher.press("/teach/guide", "do", "away")
    assert next_step(page) is None
    assert said("A new class") in page.text
    other = Reader(browse("Cô", "teacher"))
    other.client.cookies.set("gradus_guide_away", teacher.client.cookies["gradus_guide_away"])
    assert next_step(other.go("/teach")), "another person at the same browser has their own"
    page = teacher.press("/teach/guide", "do", "back")
    assert next_step(page)


def test_a_teacher_signs_in_to_the_classes_and_a_student_to_the_papers(browse, installation):
    for role, home in (("teacher", "/teach"), ("administrator", "/teach"), ("student", "/papers")):
        account, _ = installation.person("Ai", role)
        reader = Reader(browse(signed_in=False))
        reader.go("/sign-in")
        assert reader.press("/sign-in", name=account.name, password=account.password).reply.url.path == home
        assert Reader(reader.client).go("/sign-in").reply.url.path == home
        reader.go("/sign-in?next=/join")
    for after in ("//evil.example", "https://evil.example", "/\\evil.example"):
        reader = browse(signed_in=False)
        account, _ = installation.person("Ai")
        reply = reader.post("/sign-in", data={"name": account.name, "password": account.password, "next": after})
        assert reply.headers["location"] == "/papers"


def test_an_assistant_has_no_guide_and_tries_the_papers_of_the_class(teacher, browse, installation):
    teacher.go("/teach")
    teacher.press("/teach/classes", title="Lớp")
    class_id = re.search(r"/teach/classes/([\w-]+)/papers", teacher.page.reply.text)[1]
    teacher.press(f"/teach/classes/{class_id}/papers", paper="optimisers")
    paper = next(p.id for p in papers.papers(installation.store) if class_id in p.classes)
    teacher.go(f"/teach/classes/{class_id}")
    page = teacher.press(f"/teach/classes/{class_id}/links", role="assistant")
    link = re.search(r"/join/([\w-]+)", page.reply.text)[1]
    helper = Reader(browse("Trợ"))
    helper.go(f"/join/{link}")
    helper.press(f"/join/{link}")
    assert next_step(helper.go("/teach")) is None
    helper.go("/papers")
    assert f"/papers/{paper}/attempts" not in helper.page.reply.text, "who helps takes no part in it"
    assert helper.press(f"/teach/papers/{paper}/rehearsal").reply.url.path.startswith("/attempts/")
    page = helper.go(f"/teach/classes/{class_id}")
    assert f"/teach/classes/{class_id}/papers" not in page.reply.text


@pytest.mark.parametrize("form", ["roster", "links", "rename", "arrangements"])
def test_every_field_of_a_class_says_what_it_is_for(teacher, form):
    teacher.go("/teach")
    page = teacher.press("/teach/classes", title=form)
    class_id = re.search(r"/teach/classes/([\w-]+)/papers", page.reply.text)[1]
    assert explained(teacher.go(f"/teach/classes/{class_id}")) == []
    teacher.press(f"/teach/classes/{class_id}/roster", text="Mai Thi Ao, A")
    assert explained(teacher.page) == []
    teacher.press(f"/teach/classes/{class_id}/roster/take")
    member = re.search(r"/members/\d+", teacher.go(f"/teach/classes/{class_id}").reply.text)[0]
    assert explained(teacher.page) == []
    assert explained(teacher.go(f"/teach/classes/{class_id}{member}")) == []


@pytest.mark.parametrize("path", ["/teach", "/teach/new-question", "/teach/new-question/adam", "/teach/questions/optim-gd", "/join",
                                  "/teach/papers/aio2024/room"])  # fmt: skip
def test_every_field_says_what_it_is_for(teacher, path):
    assert explained(teacher.go(path)) == []


def explained(page):
    """The fields for typing or choosing that no text describes, or whose text is missing; a search and a tick have their label."""
    html = page.reply.text
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    asked = [one for one in fields if not re.search(r'type="?(hidden|radio|checkbox|search|password)', one) and 'name="kind"' not in one]
    told = [(one, re.search(r'aria-describedby="([^"]+)"', one)) for one in asked]
    return [one for one, by in told if not by or not all(f'id="{id}"' in html for id in by[1].split())]


def test_a_student_without_a_paper_is_told_how_to_join_and_what_to_practise(browse, monkeypatch):
    from exam import timing

    monkeypatch.setattr(timing, "offers", lambda store, person: [])
    for lang in ("vi", "en"):
        page = Reader(browse("An", lang=lang)).go("/papers")
        assert "/join" in page.links()
        assert "#practice" in page.links()
        assert translations(lang).gettext("There is no paper for you yet.") in page.text
