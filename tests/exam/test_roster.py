"""Rosters: what Excel and people paste is read, what cannot be taken is told by its line, and nothing happens by halves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam import classes, people, roster
from exam.people import checked_name
from exam.roster import BadRoster, FaultyRoster, Line, RosterChanged, decoded, read
from exam.store import classes as rows
from tests.exam.school import clear


def lines(text):
    found = read(text)
    assert found.faults == []
    return [(line.name, line.role, line.team) for line in found.lines]


def faults(text):
    return [(fault.line, fault.said.en) for fault in read(text).faults]


# Reading


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", [["Họ và tên", "Nhóm", "Vai trò"], ["NAME", "Team", "role"], None])
def test_a_table_is_read_whatever_stands_between_its_cells(sign, end, head):
    table = [head] * bool(head) + [["Trần An", "A", ""], ["Lê Bình", "", "Trợ giảng"], ["Vũ Chi", "", ""], ["Đỗ Dũng", "B", "student"]]
    text = end.join(sign.join(cells) for cells in table)
    assert lines(text) == [("Trần An", None, "A"), ("Lê Bình", "assistant", None), ("Vũ Chi", None, None), ("Đỗ Dũng", "student", "B")]


def test_names_alone_are_a_roster():
    assert lines("Trần An\n\n  Lê   Bình \n\n") == [("Trần An", None, None), ("Lê Bình", None, None)]


def test_quoted_cells_may_hold_separators_quotes_and_lines():
    text = '"Trần, An",A\n"Lê ""Bi"" Bình",B\n"Vũ\nChi",C'
    assert lines(text) == [
        ("Trần, An", None, "A"),
        ('Lê "Bi" Bình', None, "B"),
        ("Vũ Chi", None, "C"),
    ]


def test_a_sheet_of_a_university_is_read_as_it_is():
    text = "STT\tMã SV\tHọ đệm\tTên\tNhóm\n1\t2020\tNguyễn Văn\tAn\t1\n2\t2021\tTrần Thị\tBình\t2\n"
    found = read(text)
    assert [(line.name, line.team) for line in found.lines] == [("Nguyễn Văn An", "1"), ("Trần Thị Bình", "2")]
    assert found.ignored == ["STT", "Mã SV"]


def test_a_column_that_only_counts_is_no_name():
    assert lines("1,An\n2,Bình") == [("An", None, None), ("Bình", None, None)]
    assert lines("1,An\n3,Bình") == [("1", None, "An"), ("3", None, "Bình")], "these are not counted up"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_excel_saves_is_decoded(encoding):
    text = "Họ và tên\tNhóm\r\nNguyễn Thị Ánh\tA\r\n"
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    assert lines(decoded(mark + text.encode(encoding))) == [("Nguyễn Thị Ánh", None, "A")]


FOREIGN = ["An\nNguyễn".encode("utf-16")[:-1], "An\nÁnh\n".encode("cp1258", "replace"), b"An\n\xff\xfe\x80", "B\u00e0".encode("latin-1")]


@pytest.mark.parametrize("content", FOREIGN)
def test_another_encoding_is_told_with_its_remedy(content):
    with pytest.raises(BadRoster, match="CSV UTF-8") as refused:
        decoded(content)
    assert clear(refused.value)


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff", "Họ và tên,Nhóm\n", ",,\n,,"])
def test_an_empty_roster_is_told(text):
    with pytest.raises(BadRoster) as refused:
        read(text)
    assert clear(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("An\nBình\nAn", 3, "line 1"),
        ("An\nan", 2, "number"),
        ("Nguyễn\nNguye\u0302\u0303n", 2, "line 1"),
        ("An\n\x00Bình", 2, "printable"),
        ("An\nB\u202eình", 2, "printable"),
        ("An\n" + "x" * 81, 2, "80"),
        ("An\n" + "x" * 100_000, 2, "80"),
        ("name,role\nAn,king", 2, "assistant"),
        ("name,team\n,A", 2, "no name"),
        ("An,A,B", 1, "too many"),
        ("An,student,teacher", 1, "too many"),
        ("An,student\nBình,king,queen", 2, "too many"),
        ("An," + "t" * 81, 1, "team"),
        ('An\n"Bình\nChi', 2, "quotation"),
        ('An\n"Bì"nh\nChi', 2, "quotation"),
        ("An\n\n\nBình\n\nBình", 6, "line 4"),
        ('"An\nnh"\nBình\nBình', 4, "line 3"),
    ],
)
def test_a_line_that_cannot_be_taken_is_told_with_its_number_and_remedy(text, line, word):
    ((found, said),) = faults(text)
    assert found == line
    assert said.startswith(f"Line {line}: ")
    assert word in said
    assert len(said.splitlines()) == 1
    assert len(said) < 200


def test_every_fault_is_told_and_not_the_first_alone():
    assert [line for line, _ in faults("name,role\nAn\nAn,king\n,A\nBình\nAn")] == [3, 4, 6]


def test_ten_thousand_lines_are_read_and_one_more_is_too_many():
    names = [f"Sinh viên {i}" for i in range(10_000)]
    assert len(lines("\n".join(names))) == 10_000
    with pytest.raises(BadRoster, match="10,000"):
        read("\n".join([*names, "one more"]))


@settings(max_examples=150)
@given(st.text(alphabet=st.sampled_from("aÁ,;\t\"\n\r\x00 \ufeff\ud8001'=\u200b"), max_size=60))
def test_whatever_is_pasted_is_read_or_told(text):
    try:
        found = read(text)
    except BadRoster as refused:
        found, told = roster.Roster([], []), clear(refused)
    else:
        told = True
    assert told
    for line in found.lines:
        assert checked_name(line.name) == line.name
    assert len({line.name for line in found.lines}) == len(found.lines)
    for fault in found.faults:
        assert fault.said.vi.startswith(f"Dòng {fault.line}: ")


@given(st.binary(max_size=60))
def test_whatever_bytes_come_are_text_or_told(content):
    try:
        told = isinstance(decoded(content), str)
    except BadRoster as refused:
        told = clear(refused)
    assert told


# Taking


def preview(school, text):
    return roster.preview(school.store, school.teacher, school.id, text)


def take(school, text, digest=None):
    return roster.take(school.store, school.teacher, school.id, text, digest)


def test_a_preview_says_what_will_be_and_does_nothing(school):
    classes.set_member(school.store, school.teacher, school.id, school.an.id, "student", "A")
    before = school.kinds()
    plan = preview(school, "name,team\nBình,B\nLạ,B\nAn,B\nTrợ,\n")
    assert [(e.name, e.does) for e in plan.entries] == [("Bình", "new"), ("Lạ", "joins"), ("An", "changes"), ("Trợ", "stays")]
    assert school.kinds() == before
    assert set(school.roles()) == {"Thầy", "Trợ", "An"}


def test_a_roster_is_taken_as_its_preview_said(school):
    text = "name,team,role\nBình,B,assistant\nLạ,B,\nAn,B,\nTrợ,,\n"
    _, slips = take(school, text, preview(school, text).digest)
    found = {m.name: (m.role, m.team, m.account, m.waits) for m in classes.members(school.store, school.teacher, school.id)}
    assert found == {
        "Thầy": ("teacher", "", "teacher", False), "Trợ": ("assistant", "", "student", False), "An": ("student", "B", "student", False),
        "Bình": ("assistant", "B", "student", True), "Lạ": ("student", "B", "student", False),
    }  # fmt: skip
    assert [slip.name for slip in slips] == ["Bình"]
    kinds = school.kinds()
    assert [kinds.count(kind) for kind in ("made_account", "enrolled", "changed_member", "imported_roster")] == [1, 1, 1, 1]


def test_a_roster_taken_again_changes_nothing_and_is_no_act(school):
    take(school, "Bình\nChi")
    before = school.kinds()
    plan, slips = take(school, "Bình\nChi")
    assert slips == []
    assert plan.count("stays") == 2
    assert school.kinds() == before


def test_what_a_line_does_not_say_stays_as_it_is(school):
    classes.set_member(school.store, school.teacher, school.id, school.an.id, "student", "A")
    take(school, "An")
    assert classes.member(school.store, school.teacher, school.id, school.an.id).team == "A"


def test_one_bad_line_and_nobody_is_taken(school):
    before = school.kinds()
    with pytest.raises(FaultyRoster, match="Line 2"):
        take(school, "Bình\n\x00\nChi")
    assert school.kinds() == before
    assert set(school.roles()) == {"Thầy", "Trợ", "An"}


def test_staff_keep_their_role_on_a_roster(school):
    (fault,) = preview(school, "name,role\nTrợ,student").faults
    assert fault.line == 2
    with pytest.raises(FaultyRoster):
        take(school, "name,role\nThầy,student")
    assert school.roles()["Thầy"] == "teacher"


def test_what_changed_since_the_preview_is_looked_at_again(school):
    digest = preview(school, "Bình").digest
    people.add_person(school.store, "Bình", "teacher")
    with pytest.raises(RosterChanged) as refused:
        take(school, "Bình", digest)
    assert clear(refused.value)
    assert "Bình" not in school.roles()
    with pytest.raises(RosterChanged):
        take(school, "Somebody else", preview(school, "Bình").digest)


def test_a_name_that_is_taken_in_the_very_moment_takes_nothing_with_it(school, monkeypatch):
    monkeypatch.setattr(rows, "people_named", lambda connection, names: {})
    with pytest.raises(RosterChanged):
        take(school, "Bình\nAn")
    monkeypatch.undo()
    assert set(school.roles()) == {"Thầy", "Trợ", "An"}


def test_ten_thousand_are_taken_at_once(school):
    text = "name,team\n" + "\n".join(f"Sinh viên {i},{i % 7}" for i in range(10_000))
    plan, slips = take(school, text, preview(school, text).digest)
    assert len(plan.entries) == len({slip.secret for slip in slips}) == 10_000
    assert len(school.roles()) == 10_003


def test_a_line_remembers_where_it_stood():
    assert read("\n\nAn").lines == [Line(3, "An")]
