"""The pages and the REST API of classes: the whole way without scripts, in both languages, with nothing lost and nothing believed."""

import base64
import re

import pytest
from starlette.testclient import TestClient

from exam import classes, links, people, roster
from exam.store import arrangements as kept
from exam.store import people as accounts
from tests.web.conftest import keeps_the_contract
from tests.web.test_pages import Reader
from web.language import translations

EVIL = "<script>alert(1)</script>\"'&{{7*7}}"


@pytest.fixture
def teacher(browse):
    return Reader(browse("Thầy", "teacher"))


@pytest.fixture
def id(teacher):
    return made(teacher)


def made(teacher, title="Lớp K67"):
    """A new class of this teacher's, by the page."""
    teacher.go("/teach")
    return teacher.press("/teach/classes", title=title, guide="").reply.url.path.rsplit("/", 1)[1]


def names(installation, teacher, id):
    return {m.name: m for m in classes.members(installation.store, teacher.client.person, id)}


def unique(installation, *first):
    """Names nobody has yet."""
    return [f"{name} {next(installation.numbers)}" for name in first]


def guest(browse):
    return Reader(browse(signed_in=False))


# The whole way


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_from_an_empty_screen_to_a_student_who_signs_in(browse, installation, lang):
    said = translations(lang).gettext
    teacher = Reader(browse("Thầy", "teacher", lang=lang))
    page = teacher.go("/papers")
    assert "/teach" in page.links()
    page = teacher.go("/teach")
    assert said("Make a class") in page.text
    id = made(teacher, "  Học   sâu  ")
    assert (
        said("No student is here yet. Paste the names below, or hand out the code or a link: who uses it comes in by themselves.")
        in teacher.page.text
    )
    an, binh = unique(installation, "Nguyễn Văn An", "Trần Bình")
    page = teacher.press(f"/teach/classes/{id}/roster", text=f"Họ và tên;Nhóm\n{an};A\n{binh};B")
    assert an in page.text
    assert said("new account") in page.text
    assert an not in names(installation, teacher, id), "a preview does nothing"
    page = teacher.press(f"/teach/classes/{id}/roster/take")
    slips = re.findall(r"/password/<b>([a-z0-9-]{19})</b>", page.reply.text)
    assert len(slips) == 2
    table = base64.b64decode(next(link for link in page.links() if link.startswith("data:")).partition("base64,")[2]).decode("utf-8-sig")
    assert table.splitlines()[1] == f"{an},http://testserver/password/{slips[0]}"
    student = Reader(browse(signed_in=False, lang=lang))
    assert an in student.go(f"/password/{slips[0]}").reply.text
    page = student.press(f"/password/{slips[0]}", password="short")
    assert page.reply.status_code == 422
    page = student.press(f"/password/{slips[0]}", password="long enough")
    assert page.reply.url.path == "/papers"
    assert an in page.text
    assert "/teach" not in page.links()
    assert student.go(f"/password/{slips[0]}").reply.status_code == 404
    assert people.sign_in(installation.store, an, "long enough")


@pytest.mark.parametrize("how", ["code", "link"])
def test_a_stranger_makes_an_account_with_what_was_handed_out_and_joins(teacher, id, browse, installation, how):
    if how == "code":
        page = teacher.go(f"/teach/classes/{id}")
        page = teacher.press(f"/teach/classes/{id}/code", do="renew")
        secret = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", page.text)[0]
    else:
        teacher.go(f"/teach/classes/{id}")
        page = teacher.press(f"/teach/classes/{id}/links", role="assistant")
        secret = dict(page.elements[[a.get("id") for _, a in page.elements].index("link")][1])["value"]
    (name,) = unique(installation, "Chi")
    chi = guest(browse)
    chi.go("/sign-in")
    assert "/join" in chi.page.links()
    chi.go("/join")
    page = chi.press("/join", code=secret)
    path = page.reply.url.path
    assert "Lớp K67" in page.text
    assert f"/sign-in?next={path}" in page.links()
    taken = teacher.client.account.name
    page = chi.press(path, name=taken, password="long enough")
    assert page.reply.status_code == 409
    assert page.form_to(path)["fields"]["name"] == taken, "what was typed stays"
    page = chi.press(path, name=name, password="long enough")
    assert page.reply.url.path == "/papers"
    assert names(installation, teacher, id)[name].role == ("student" if how == "code" else "assistant")
    assert ("/teach" in page.links()) == (how == "link"), "an assistant has charge of a class"


def test_who_is_signed_in_joins_by_one_button_and_again_without_harm(teacher, id, browse, installation):
    code = links.new_code(installation.store, teacher.client.person, id)
    an = Reader(browse("An"))
    for _ in range(2):
        an.go("/join")
        page = an.press("/join", code=f"http://testserver/join/{code.lower()}")
        assert an.client.person.name in page.text
        assert an.press(f"/join/{code.lower()}").reply.url.path == "/papers"
    assert names(installation, teacher, id)[an.client.person.name].role == "student"


@pytest.mark.parametrize("code", ["BCDFGHJK", "", "..", "/", "a/b/c", "ữ" * 200, "x?y#z", EVIL])
def test_a_wrong_code_is_told_on_the_page_that_asks_for_it(browse, code):
    an = Reader(browse("An"))
    an.go("/join")
    page = an.press("/join", code=code)
    assert page.reply.status_code == 404
    assert page.form_to("/join")
    assert "<script>alert" not in page.reply.text


def test_a_guesser_at_the_page_is_stopped_and_a_neighbour_at_the_same_address_is_not(teacher, id, browse, installation):
    code = links.new_code(installation.store, teacher.client.person, id)
    one, other = guest(browse), guest(browse)
    one.go("/join"), other.go("/join")
    statuses = [one.go(f"/join/BCDFGH{i:02}").reply.status_code for i in range(12)]
    assert statuses == [404] * 10 + [429] * 2
    assert one.go(f"/join/{code}").reply.status_code == 429
    assert other.go(f"/join/{code}").reply.status_code == 200


# Rosters


def test_a_file_from_excel_is_taken_as_well(teacher, id, installation):
    (name,) = unique(installation, "Đỗ Thị Mai")
    content = f"Họ và tên\tNhóm\r\n{name}\tA\r\n".encode("utf-16")
    page = teacher.see(teacher.client.post(f"/teach/classes/{id}/roster", files={"file": ("lớp.csv", content)}, data={"text": ""}))
    assert name in page.text
    teacher.press(f"/teach/classes/{id}/roster/take")
    assert names(installation, teacher, id)[name].team == "A"


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("content", [b"An\n\xff\xfe\x80", b"", b"\n\n"])
def test_a_file_that_cannot_be_read_is_told_where_it_was_chosen(browse, content, lang):
    teacher = Reader(browse("Thầy", "teacher", lang=lang))
    id = made(teacher)
    page = teacher.see(teacher.client.post(f"/teach/classes/{id}/roster", files={"file": ("a.csv", content)}, data={"text": ""}))
    assert page.reply.status_code == 422
    assert page.form_to(f"/teach/classes/{id}/roster")
    assert ('role="alert"' in page.reply.text) is True


def test_lines_that_cannot_be_taken_are_told_and_the_text_stays_to_be_corrected(teacher, id, installation):
    (name,) = unique(installation, "An")
    teacher.go(f"/teach/classes/{id}")
    text = f"name,role\n{name},king\n{name},\n{name},student"
    page = teacher.press(f"/teach/classes/{id}/roster", text=text)
    assert page.reply.status_code == 422
    for told in ("Line 2: 'king' is not a role", "Line 4: ", "stands in line 3 already"):
        assert told in page.text
    take = f"/teach/classes/{id}/roster/take"
    assert page.form_to(take)["fields"]["text"].split() == text.split()
    page = teacher.press(take)
    assert page.reply.status_code == 422, "nothing is taken, whatever is pressed"
    assert name not in names(installation, teacher, id)
    page = teacher.press(take, text=f"name\n{name}")
    assert page.reply.status_code == 409, "what was not previewed is previewed first"
    page = teacher.press(take)
    assert name in names(installation, teacher, id)


def test_a_roster_too_large_to_send_is_told(teacher, id):
    reply = teacher.client.post(f"/teach/classes/{id}/roster", files={"file": ("a.csv", b"x" * (1 << 20))}, data={"text": ""})
    assert reply.status_code == 413


def test_ten_thousand_lines_are_previewed_and_taken(teacher, id, installation):
    text = "\n".join(unique(installation, *[f"Nguyễn Thị Số {i}" for i in range(10_000)]))
    page = teacher.see(teacher.client.post(f"/teach/classes/{id}/roster", files={"file": ("a.csv", text.encode())}, data={"text": ""}))
    assert page.reply.status_code == 200
    assert "9500 more lines" in page.text
    fields = {name: (None, value) for name, value in page.form_to(f"/teach/classes/{id}/roster/take")["fields"].items()}
    page = teacher.see(teacher.client.post(f"/teach/classes/{id}/roster/take", files=fields))
    assert page.reply.text.count("/password/<b>") == 10_000
    assert len(names(installation, teacher, id)) == 10_001


def test_a_name_is_no_formula_in_the_saved_table(teacher, id, installation):
    evil = "=HYPERLINK(1)"
    plan, slips = roster.take(installation.store, teacher.client.person, id, f"{evil} {next(installation.numbers)}")
    from web.teaching import sheet

    table = base64.b64decode(sheet(slips, "http://x").partition("base64,")[2]).decode("utf-8-sig")
    assert table.splitlines()[1].startswith("'=HYPER")
    assert len(plan.entries) == 1


# Members and arrangements


def test_extra_time_is_arranged_for_a_member_and_a_team_and_withdrawn(teacher, id, installation):
    (name,) = unique(installation, "An")
    roster.take(installation.store, teacher.client.person, id, f"{name},A")
    who = names(installation, teacher, id)[name].person
    here = f"/teach/classes/{id}/members/{who}"
    teacher.go(here)
    page = teacher.press(f"{here}/arrangements", percent="abc", reason="Mắt kém", minutes="7")
    assert page.reply.status_code == 422
    assert (
        page.form_to(f"{here}/arrangements")["fields"] | {"reason": "Mắt kém", "minutes": "7"}
        == page.form_to(f"{here}/arrangements")["fields"]
    )
    page = teacher.press(f"{here}/arrangements", percent="12,5", closes="2026-12-01T08:30", attempts="2", paper="aio2024")
    assert "12.5 % more time, 7 more minutes, closes 01/12/2026 08:30" in page.text
    page = teacher.go(f"/teach/classes/{id}")
    page = teacher.press(f"/teach/classes/{id}/arrangements", team="A", minutes="10", reason="Mất điện")
    found = installation.store.read(lambda c: kept.arrangements_for(c, who, "aio2024"))
    assert [(a.percent, a.minutes, a.attempts, a.paper) for a in found] == [(12.5, 7, 2, "aio2024"), (0, 10, None, None)]
    for one in found:
        page = teacher.press(f"/teach/classes/{id}/arrangements/{one.id}/withdraw")
    assert installation.store.read(lambda c: kept.arrangements_for(c, who, "aio2024")) == []
    page = teacher.go(f"/teach/classes/{id}/acts")
    assert page.text.count("withdrew an arrangement") == 2


@pytest.mark.parametrize(
    "field", [{"opens": "yesterday"}, {"closes": "0001-01-01T00:00"}, {"paper": "nowhere"}, {"attempts": "1.5"}, {"minutes": "nan"}]
)
def test_an_arrangement_that_makes_no_sense_is_told_and_nothing_typed_is_lost(teacher, id, field):
    here = f"/teach/classes/{id}/members/{teacher.client.person.id}"
    teacher.go(here)
    page = teacher.press(f"{here}/arrangements", **{"percent": "5", "reason": EVIL} | field)
    assert page.reply.status_code in (404, 422)
    assert page.form_to(f"{here}/arrangements")["fields"]["reason"] == EVIL
    assert "<script>alert" not in page.reply.text


def test_the_only_teacher_stays_and_is_told_why(teacher, id):
    here = f"/teach/classes/{id}/members/{teacher.client.person.id}"
    teacher.go(here)
    assert teacher.press(here, role="student", team="").reply.status_code == 409
    page = teacher.press(f"{here}/remove")
    assert page.reply.status_code == 409
    assert "only teacher" in page.text


def test_a_title_that_cannot_be_one_stays_in_its_box(teacher, id):
    teacher.go("/teach")
    page = teacher.press("/teach/classes", title="x" * 201)
    assert (page.reply.status_code, page.form_to("/teach/classes")["fields"]["title"]) == (422, "x" * 201)
    teacher.go(f"/teach/classes/{id}")
    page = teacher.press(f"/teach/classes/{id}", title="")
    assert (page.reply.status_code, page.form_to(f"/teach/classes/{id}")["fields"]["title"]) == (422, "")
    assert teacher.press(f"/teach/classes/{id}", title="Mới").reply.status_code == 200


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_markup_in_any_field_is_text_on_every_page(browse, installation, lang):
    teacher = Reader(browse("Thầy", "teacher", lang=lang))
    id, (name,) = made(teacher, EVIL), unique(installation, EVIL)
    store, by = installation.store, teacher.client.person
    _, slips = roster.take(store, by, id, f'name\tteam\n"{name.replace(chr(34), chr(34) * 2)}"\t<b>A</b>')
    who = names(installation, teacher, id)[name].person
    teacher.go(f"/teach/classes/{id}")
    teacher.press(f"/teach/classes/{id}/arrangements", team="<b>A</b>", minutes="10", reason=EVIL)
    secret = links.invite(store, by, id, "student", 1, 9).secret
    pages = ["/teach", f"/teach/classes/{id}", f"/teach/classes/{id}/members/{who}", f"/teach/classes/{id}/acts"]
    texts = [teacher.go(path) for path in [*pages, f"/join/{secret}"]] + [guest(browse).go(f"/password/{slips[0].secret}")]
    texts.append(teacher.see(teacher.client.post(f"/teach/classes/{id}/roster", data={"text": f"<b>x</b>\t{EVIL}"})))
    for page in texts:
        assert page.reply.status_code == 200, page.reply.url
        assert "<script>alert" not in page.reply.text
        assert "<b>A" not in page.reply.text
        assert "49" not in re.sub(r"\d{3,}|[a-z]\w*", "", page.text) or "{{7*7}}" in page.text


def test_an_assistant_sees_the_class_and_no_button_to_change_it(teacher, id, browse, installation):
    helper = Reader(browse("Trợ"))
    links.join(
        installation.store, helper.client.person, links.invite(installation.store, teacher.client.person, id, "assistant", 1, 1).secret
    )
    page = helper.go(f"/teach/classes/{id}")
    assert page.reply.status_code == 200
    assert [form["action"] for form in page.forms.values() if form["action"].startswith("/teach")] == []
    assert helper.go("/teach").form_to("/sign-out")
    assert "/teach/classes" not in [form["action"] for form in helper.page.forms.values()]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_student_is_told_that_the_page_is_for_teachers(browse, lang):
    an = Reader(browse("An", lang=lang))
    page = an.go("/teach")
    assert page.reply.status_code == 403
    assert {"vi": "giảng viên và trợ giảng", "en": "teachers and assistants"}[lang] in page.text


def test_the_trail_of_a_long_year_is_read_page_by_page(teacher, id, installation):
    for i in range(505):
        classes.rename(installation.store, teacher.client.person, id, f"Title {i}")
    page = teacher.go(f"/teach/classes/{id}/acts")
    (earlier,) = (link for link in page.links() if link.startswith("?before="))
    assert "made the class" not in page.text
    assert "made the class" in teacher.go(f"/teach/classes/{id}/acts{earlier}").text
    for bad in ("-5", "99999999999999999999", "x"):
        assert teacher.client.get(f"/teach/classes/{id}/acts?before={bad}").status_code in (200, 422)


# REST


@pytest.fixture
def program(app, stranger, installation):
    """A teacher's program with a token of scope `teach`."""
    account, person = installation.person("Cô", "teacher")
    token = people.add_token(installation.store, account.name, "teach")
    client = TestClient(app, raise_server_exceptions=False, headers={"Authorization": f"Bearer {token}"})
    client.portal, client.person = stranger.portal, person
    client.event_hooks = {"response": [keeps_the_contract]}
    return client


def test_a_class_is_kept_over_rest_from_beginning_to_end(program, browse, installation):
    an, binh = unique(installation, "An", "Bình")
    one = program.post("/api/v1/classes", json={"title": "Rest"})
    assert one.status_code == 201
    path = f"/api/v1/classes/{one.json()['id']}"
    assert one.json() == {"id": path.rsplit("/", 1)[1], "title": "Rest", "role": "teacher", "students": 0, "code": None}
    assert program.patch(path, json={"title": "Rest 2"}).json()["title"] == "Rest 2"
    text = f"name\tteam\n{an}\tA\n{binh}\t"
    plan = program.post(f"{path}/roster/preview", json={"text": text}).json()
    assert [(e["name"], e["does"]) for e in plan["entries"]] == [(an, "new"), (binh, "new")]
    taken = program.post(f"{path}/roster", json={"text": text, "digest": plan["digest"], "days": 3}).json()
    assert [link["name"] for link in taken["links"]] == [an, binh]
    assert program.post(f"{path}/roster", json={"text": text, "digest": plan["digest"]}).json()["error"] == "roster_changed"
    members = {m["name"]: m for m in program.get(f"{path}/members").json()}
    assert (members[an]["team"], members[an]["has_password"]) == ("A", False)
    here = f"{path}/members/{members[an]['person']}"
    assert (
        program.patch(here, json={"role": "assistant"}).json() | {"role": "assistant", "team": "A"} == program.patch(here, json={}).json()
    )
    assert program.patch(here, json={"role": "student", "team": "B"}).json()["team"] == "B"
    handed = program.post(f"{here}/password-link", json={"days": 2}).json()
    assert handed["path"] == f"/password/{handed['secret']}"
    assert guest(browse).go(handed["path"]).reply.status_code == 200
    body = {"reason": "x", "person": members[an]["person"], "percent": 25, "closes": "2026-12-01T08:30:00+07:00"}
    arranged = program.post(f"{path}/arrangements", json=body).json()
    assert (arranged["closes"], arranged["percent"], arranged["paper"]) == ("2026-12-01T01:30:00.000Z", 25, None)
    assert program.get(f"{path}/arrangements").json() == [arranged]
    assert program.delete(f"{path}/arrangements/{arranged['id']}").status_code == 204
    code = program.post(f"{path}/code").json()["code"]
    invited = program.post(f"{path}/links", json={"role": "assistant", "uses": 1}).json()
    assert program.get(f"{path}/links").json()[0]["uses_left"] == 1
    student = browse("Chi")
    assert student.post("/api/v1/join", json={"code": code}).json()["title"] == "Rest 2"
    assert student.post("/api/v1/join", json={"code": invited["secret"]}).status_code == 200
    assert program.get(f"{path}/links").json() == []
    assert program.delete(f"{path}/code").status_code == 204
    assert program.delete(here).status_code == 204
    assert program.get(path).json() | {"students": 1, "code": None} == program.get(path).json()
    acts = program.get(f"{path}/acts").json()
    assert acts[0]["sentence"]["en"] == f"{program.person.name} made the class “Rest”."
    assert len({act["kind"] for act in acts}) > 10
    assert program.get(f"{path}/acts", params={"most": 1}).json() == acts[-1:]
    assert program.get(f"{path}/acts", params={"before": acts[1]["id"]}).json() == acts[:1]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error", "where"),
    [
        ("POST", "/classes", {"title": ""}, 422, "bad_class", "/title"),
        ("POST", "/classes", {"title": 5}, 422, "invalid", "/title"),
        ("POST", "/classes", {"titel": "x"}, 422, "invalid", None),
        ("GET", "/classes/no such class", None, 404, "unknown_class", "/class"),
        ("GET", "/classes/%00", None, 404, "unknown_class", "/class"),
        ("PATCH", "{path}/members/{me}", {"role": "student"}, 409, "last_teacher", "/role"),
        ("PATCH", "{path}/members/{me}", {"role": "king"}, 422, "bad_member", "/role"),
        ("PATCH", "{path}/members/99999999999999999999", {"role": "student"}, 404, "unknown_member", "/person"),
        ("PATCH", "{path}/members/x", {"role": "student"}, 404, "unknown_path", None),
        ("POST", "{path}/members/{me}/password-link", {"days": 1}, 403, "not_allowed", None),
        ("POST", "{path}/members/{me}/password-link", {"days": 1e9}, 422, "bad_link", "/days"),
        ("POST", "{path}/roster/preview", {"text": " "}, 422, "bad_roster", "/text"),
        ("POST", "{path}/roster", {"text": "\x00", "digest": "x"}, 409, "roster_changed", "/digest"),
        ("POST", "{path}/links", {"role": "king"}, 422, "bad_link", "/role"),
        ("POST", "{path}/links", {"uses": 0}, 422, "bad_link", "/uses"),
        ("DELETE", "{path}/links/none", None, 404, "unknown_link", None),
        ("POST", "{path}/arrangements", {"reason": "x", "percent": 5}, 422, "bad_arrangement", "/person"),
        ("POST", "{path}/arrangements", {"reason": "x", "person": 1, "closes": "tomorrow"}, 422, "invalid", "/closes"),
        ("POST", "{path}/arrangements", {"reason": "x", "percent": 5, "team": "A"}, 422, "bad_arrangement", "/team"),
        ("POST", "{path}/arrangements", {"reason": "x", "percent": 5, "team": "A", "paper": "x"}, 404, "unknown_paper", "/paper"),
        ("DELETE", "{path}/arrangements/0", None, 404, "unknown_arrangement", "/arrangement"),
        ("GET", "{path}/acts?most=0", None, 422, "invalid", "/most"),
        ("GET", "/acts", None, 403, "not_allowed", None),
        ("POST", "/join", {"code": "x"}, 403, "wrong_scope", None),
    ],
)
def test_each_problem_has_its_code_place_and_status(program, method, path, body, status, error, where):
    id = program.post("/api/v1/classes", json={"title": "Problems"}).json()["id"]
    address = "/api/v1" + path.format(path=f"/classes/{id}", me=program.person.id)
    reply = program.request(method, address, json=body)
    assert (reply.status_code, reply.json()["error"]) == (status, error), reply.text
    assert where is None or reply.json()["where"] == where


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", r'{"title": "\ud800"}'),
        ("POST", "/roster/preview", r'{"text": "na\udc80me,x\ud800\nAn,\udfff"}'),
        ("POST", "/roster", r'{"text": "\ud800", "digest": "\udc80"}'),
        ("POST", "/links", r'{"role": "\ud800"}'),
        ("POST", "/arrangements", r'{"reason": "\ud800", "percent": 5, "team": "\ud800"}'),
        ("POST", "/arrangements", r'{"reason": "x", "percent": 5, "paper": "\ud800", "team": "A"}'),
    ],
)
def test_a_lone_surrogate_is_text_or_told(program, method, path, body):
    id = program.post("/api/v1/classes", json={"title": "Surrogates"}).json()["id"]
    reply = program.request(method, f"/api/v1/classes/{id}{path}", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code in (200, 404, 409, 422), reply.text


def test_every_route_says_what_it_does_and_what_goes_wrong(stranger):
    schema = stranger.get("/openapi.json").json()
    mine = [o for methods in schema["paths"].values() for o in methods.values() if "classes" in o["tags"]]
    assert len(mine) > 20
    for operation in mine:
        assert operation["description"]
        assert {"401", "403", "404", "409", "422"} <= operation["responses"].keys()


def test_a_teach_token_belongs_to_somebody(installation):
    with pytest.raises(people.UnknownPerson):
        people.add_token(installation.store, "nobody at all", "teach")


def test_the_account_of_a_roster_is_a_students(teacher, id, installation):
    (name,) = unique(installation, "An")
    roster.take(installation.store, teacher.client.person, id, f"{name},teacher")
    assert installation.store.read(lambda c: accounts.find_person(c, name))[0].role == "student"
