"""Questions as files: every letter survives the way there and back, and where both sides changed neither is written over."""

from contextlib import closing

import pytest

from exam import drafts, folder, library, people
from exam.store import open_store
from exam.store import questions as rows
from questions.errors import GradusError
from tests.exam.school import School
from tests.web import browser
from web.app import make_app
from web.examples import LINE
from web.remote import Server

TEXT = "# ơ: why this question\n" + LINE.replace("source: an example", "source:   an example   # as it is") + "\n# the end"


@pytest.fixture
def school(database):
    store = open_store(database)
    yield School(store)
    store.close()


@pytest.fixture(params=["here", "on a server"])
def shelf(request, school):
    """Where somebody keeps questions: the database, or the same behind a server that is really served."""
    if request.param == "here":
        yield lambda person: folder.Database(school.store, person)
        return
    served = browser.Server(make_app(school.store))
    opened = []

    def elsewhere(person):
        opened.append(Server(served.address, people.add_token(school.store, person.name, "author")))
        return opened[-1]

    yield elsewhere
    for one in opened:
        one.close()
    served.stop()


@pytest.fixture
def files(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.fixture
def pull(school, shelf):
    return lambda files, **how: {one.id: one.did for one in folder.pull(shelf(school.teacher), files, **how)}


@pytest.fixture
def push(school, shelf):
    return lambda files, **how: {one.file: one.did for one in folder.push(shelf(school.teacher), files, **how)}


def stored(school, id="line"):
    return school.store.read(lambda c: rows.find_draft(c, id)).source


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\n\n" + LINE + "   \n\n\n"])
def test_every_letter_survives_the_way_there_and_back(school, pull, push, files, tmp_path, text):
    (files / "line.yaml").write_bytes(text.encode())
    assert push(files) == {"line.yaml": "new"}
    assert stored(school) == text
    other = tmp_path / "other"
    other.mkdir()
    assert pull(other) == {"line": "new"}
    assert (other / "line.yaml").read_bytes() == text.encode()
    assert push(files) == {"line.yaml": "same"}
    assert pull(files) == {"line": "same"}


def test_a_change_on_one_side_reaches_the_other(school, pull, push, files):
    drafts.create(school.store, school.teacher, TEXT)
    pull(files)
    (files / "line.yaml").write_text(TEXT + "\n# mine")
    assert pull(files) == {"line": "ahead"}
    assert push(files) == {"line.yaml": "changed"}
    assert stored(school) == TEXT + "\n# mine"
    drafts.save(school.store, school.other, "line", TEXT + "\n# theirs")
    assert pull(files) == {"line": "changed"}
    assert (files / "line.yaml").read_text() == TEXT + "\n# theirs"


def test_where_both_sides_changed_neither_is_written_over_and_the_lines_are_told(school, shelf, pull, push, files):
    drafts.create(school.store, school.teacher, TEXT)
    pull(files)
    mine, theirs = TEXT + "\n# mine", TEXT + "\n# theirs"
    (files / "line.yaml").write_text(mine)
    drafts.save(school.store, school.other, "line", theirs)
    for move in (folder.pull, folder.push):
        (told,) = move(shelf(school.teacher), files)
        assert told.did == "conflict"
        assert "+# mine" in told.told.splitlines()
        assert "-# theirs" in told.told.splitlines()
        assert (stored(school), (files / "line.yaml").read_text()) == (theirs, mine)
    (files / "line.yaml").write_text(theirs)
    assert pull(files) == {"line": "same"}
    (files / "line.yaml").write_text(theirs + "\n# both")
    assert push(files) == {"line.yaml": "changed"}


def test_a_file_that_was_there_before_is_never_written_over(school, pull, push, files):
    drafts.create(school.store, school.teacher, TEXT)
    (files / "line.yaml").write_text("# something of mine")
    assert pull(files) == {"line": "conflict"}
    assert (files / "line.yaml").read_text() == "# something of mine"
    (files / "line.yaml").write_text(TEXT + "#")
    assert push(files) == {"line.yaml": "conflict"}
    assert stored(school) == TEXT


def test_what_is_published_in_between_is_a_conflict_too(school, pull, push, files):
    drafts.create(school.store, school.teacher, TEXT)
    pull(files)
    drafts.save(school.store, school.other, "line", TEXT + "#")
    drafts.publish(school.store, school.other, "line")
    drafts.save(school.store, school.other, "line", TEXT + "##")
    (files / "line.yaml").write_text(TEXT + "# mine")
    assert push(files) == {"line.yaml": "conflict"}
    assert stored(school) == TEXT + "##"


def test_what_can_be_marked_fairly_is_published_and_the_rest_is_told(school, shelf, files):
    unfair = LINE.replace("id: line", "id: unfair").replace("{from: 2, to: 9, step: 1}", "3").replace("step: 0.5", "step: 7")
    broken = LINE.replace("id: line", "id: broken").replace("w * x + b", "w * x +")
    for name, text in (("line", LINE), ("unfair", unfair), ("broken", broken), ("shipped", LINE.replace("id: line", "id: optim-adam")),
                       ("two", "- id: a\n- id: b"), ("none", "")):  # fmt: skip
        (files / f"{name}.yaml").write_text(text)
    (files / "bytes.yaml").write_bytes(b"\xff\xfe")
    told = {one.file: one for one in folder.push(shelf(school.teacher), files, publish=True)}
    assert {name.removesuffix(".yaml"): one.did for name, one in told.items()} == {
        "line": "published", "unfair": "refused", "broken": "refused", "shipped": "refused", "two": "refused", "none": "refused",
        "bytes": "refused",
    }  # fmt: skip
    assert "widen the grids" in told["unfair.yaml"].told
    assert "column" in told["broken.yaml"].told
    assert "comes with Gradus" in told["shipped.yaml"].told
    assert [question.id for question in library.published(school.store)] == ["line"]
    again = {one.file: one.did for one in folder.push(shelf(school.teacher), files, publish=True)}
    assert again["line.yaml"] == "same"


def test_a_student_pulls_pushes_and_checks_nothing(school, shelf, files):
    (files / "line.yaml").write_text(LINE)
    for move in (folder.pull, folder.push, lambda shelf, files: folder.check(shelf, [files / "line.yaml"])):
        with pytest.raises(GradusError, match="Only teachers") as refused:
            list(move(shelf(school.an), files))
        assert refused.value.code == "not_allowed"


def test_a_folder_that_cannot_be_used_is_told(pull, push, files):
    with pytest.raises(folder.BadFolder, match="is not a folder"):
        pull(files / "nothing")
    (files / folder.KNOWN).write_text("[1]")
    with pytest.raises(folder.BadFolder, match="remove it"):
        push(files)


def test_a_dry_run_tells_the_same_and_does_nothing(school, shelf, pull, push, files):
    drafts.create(school.store, school.teacher, TEXT)
    unfair = LINE.replace("id: line", "id: unfair").replace("{from: 2, to: 9, step: 1}", "3").replace("step: 0.5", "step: 7")
    (files / "mine.yaml").write_text(LINE.replace("id: line", "id: mine"))
    (files / "unfair.yaml").write_text(unfair)
    assert pull(files, dry=True) == {"line": "new"}
    assert push(files, publish=True, dry=True) == {"mine.yaml": "published", "unfair.yaml": "refused"}
    assert sorted(path.name for path in files.iterdir()) == ["mine.yaml", "unfair.yaml"]
    assert list(drafts.standings(school.store, school.teacher)) == ["line"]
    assert pull(files) == {"line": "new"}
    (files / "line.yaml").write_text(TEXT + "#")
    assert push(files, dry=True)["line.yaml"] == "changed"
    assert stored(school) == TEXT


def test_what_changed_there_alone_is_behind_and_what_was_deleted_there_is_gone_and_neither_is_pushed(school, shelf, pull, push, files):
    for id in ("line", "other"):
        drafts.create(school.store, school.teacher, LINE.replace("id: line", f"id: {id}"))
    pull(files)
    drafts.save(school.store, school.other, "line", LINE + "# theirs")
    drafts.discard(school.store, school.other, "other", 1)
    assert push(files, publish=True) == {"line.yaml": "behind", "other.yaml": "gone"}
    assert stored(school) == LINE + "# theirs"
    assert pull(files) == {"line": "changed", "other": "gone"}
    (files / "other.yaml").write_text(LINE.replace("id: line", "id: other") + "# wanted after all")
    assert push(files) == {"line.yaml": "same", "other.yaml": "new"}


def test_a_folder_of_one_place_writes_over_nothing_in_another(school, shelf, push, files, tmp_path):
    """The other has a question of that id too, and by chance of the same revision."""
    (files / "line.yaml").write_text(TEXT)
    with closing(open_store(str(tmp_path / "another.db"))) as another:
        elsewhere = School(another)
        assert [one.did for one in folder.push(folder.Database(another, elsewhere.teacher), files)] == ["new"]
    drafts.create(school.store, school.other, LINE)
    (files / "line.yaml").write_text(TEXT + "# changed")
    assert push(files) == {"line.yaml": "conflict"}
    assert stored(school) == LINE


@pytest.mark.parametrize("publish", [False, True])
def test_who_saves_between_the_look_and_the_save_is_not_written_over(school, shelf, files, publish):
    drafts.create(school.store, school.teacher, TEXT)
    mine = shelf(school.teacher)
    list(folder.pull(mine, files))
    if not publish:
        (files / "line.yaml").write_text(TEXT + "\n# mine")
    looked = mine.standings()
    drafts.save(school.store, school.other, "line", TEXT + "\n# theirs")
    (told,) = [folder.pushed(mine, files / "line.yaml", looked, folder.known(files), publish, False)]
    assert told.did == "conflict"
    assert "-# theirs" in told.told
    assert stored(school) == TEXT + "\n# theirs"
    assert library.published(school.store) == []


def test_files_are_checked_without_being_kept(school, shelf, files):
    (files / "a.yaml").write_text(LINE)
    (files / "b.yaml").write_text(LINE.replace("w * x + b", "w * x + q").replace("places: 2", "spaces: 2"))
    (files / "c.yaml").write_text(LINE.replace("{from: 2, to: 9, step: 1}", "3").replace("step: 0.5", "step: 7"))
    (files / "d.yaml").write_bytes(b"\xff")
    told = list(folder.check(shelf(school.teacher), sorted(files.glob("*.yaml"))))
    assert [one.did for one in told] == ["sound", "refused", "refused", "refused"]
    assert "line" in told[1].told
    assert "widen the grids" in told[2].told
    assert "UTF-8" in told[3].told
    assert drafts.standings(school.store, school.teacher) == {}
