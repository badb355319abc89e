"""Questions as files: every letter survives the way there and back, and where both sides changed neither is written over."""

import pytest

from exam import drafts, folder, library
from exam.store import open_store
from exam.store import questions as rows
from tests.exam.school import School
from web.examples import LINE

TEXT = "# ơ: why this question\n" + LINE.replace("source: an example", "source:   an example   # as it is") + "\n# the end"


@pytest.fixture
def school(tmp_path):
    store = open_store(str(tmp_path / "gradus.db"))
    yield School(store)
    store.close()


@pytest.fixture
def files(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    return made


def pull(school, files, by=None):
    return {one.id: one.did for one in folder.pull(school.store, by or school.teacher, files)}


def push(school, files, publish=False):
    return {one.file: one.did for one in folder.push(school.store, school.teacher, files, publish)}


def stored(school, id="line"):
    return school.store.read(lambda c: rows.find_draft(c, id)).source


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\n\n" + LINE + "   \n\n\n"])
def test_every_letter_survives_the_way_there_and_back(school, files, tmp_path, text):
    (files / "line.yaml").write_bytes(text.encode())
    assert push(school, files) == {"line.yaml": "new"}
    assert stored(school) == text
    other = tmp_path / "other"
    other.mkdir()
    assert pull(school, other) == {"line": "new"}
    assert (other / "line.yaml").read_bytes() == text.encode()
    assert push(school, files) == {"line.yaml": "same"}
    assert pull(school, files) == {"line": "same"}


def test_a_change_on_one_side_reaches_the_other(school, files):
    drafts.create(school.store, school.teacher, TEXT)
    pull(school, files)
    (files / "line.yaml").write_text(TEXT + "\n# mine")
    assert pull(school, files) == {"line": "ahead"}
    assert push(school, files) == {"line.yaml": "changed"}
    assert stored(school) == TEXT + "\n# mine"
    drafts.save(school.store, school.other, "line", TEXT + "\n# theirs")
    assert pull(school, files) == {"line": "changed"}
    assert (files / "line.yaml").read_text() == TEXT + "\n# theirs"


def test_where_both_sides_changed_neither_is_written_over_and_the_lines_are_told(school, files):
    drafts.create(school.store, school.teacher, TEXT)
    pull(school, files)
    mine, theirs = TEXT + "\n# mine", TEXT + "\n# theirs"
    (files / "line.yaml").write_text(mine)
    drafts.save(school.store, school.other, "line", theirs)
    for move in (folder.pull, folder.push):
        (told,) = move(school.store, school.teacher, files)
        assert told.did == "conflict"
        assert "+# mine" in told.told.splitlines()
        assert "-# theirs" in told.told.splitlines()
        assert (stored(school), (files / "line.yaml").read_text()) == (theirs, mine)
    (files / "line.yaml").write_text(theirs)
    assert pull(school, files) == {"line": "same"}
    (files / "line.yaml").write_text(theirs + "\n# both")
    assert push(school, files) == {"line.yaml": "changed"}


def test_a_file_that_was_there_before_is_never_written_over(school, files):
    drafts.create(school.store, school.teacher, TEXT)
    (files / "line.yaml").write_text("# something of mine")
    assert pull(school, files) == {"line": "conflict"}
    assert (files / "line.yaml").read_text() == "# something of mine"
    (files / "line.yaml").write_text(TEXT + "#")
    assert push(school, files) == {"line.yaml": "conflict"}
    assert stored(school) == TEXT


def test_what_is_published_in_between_is_a_conflict_too(school, files):
    drafts.create(school.store, school.teacher, TEXT)
    pull(school, files)
    drafts.save(school.store, school.other, "line", TEXT + "#")
    drafts.publish(school.store, school.other, "line")
    drafts.save(school.store, school.other, "line", TEXT + "##")
    (files / "line.yaml").write_text(TEXT + "# mine")
    assert push(school, files) == {"line.yaml": "conflict"}
    assert stored(school) == TEXT + "##"


def test_what_can_be_marked_fairly_is_published_and_the_rest_is_told(school, files):
    unfair = LINE.replace("id: line", "id: unfair").replace("{from: 2, to: 9, step: 1}", "3").replace("step: 0.5", "step: 7")
    broken = LINE.replace("id: line", "id: broken").replace("w * x + b", "w * x +")
    for name, text in (("line", LINE), ("unfair", unfair), ("broken", broken), ("shipped", LINE.replace("id: line", "id: optim-adam")),
                       ("two", "- id: a\n- id: b"), ("none", "")):  # fmt: skip
        (files / f"{name}.yaml").write_text(text)
    (files / "bytes.yaml").write_bytes(b"\xff\xfe")
    told = {one.file: one for one in folder.push(school.store, school.teacher, files, publish=True)}
    assert {name.removesuffix(".yaml"): one.did for name, one in told.items()} == {
        "line": "published", "unfair": "refused", "broken": "refused", "shipped": "refused", "two": "refused", "none": "refused",
        "bytes": "refused",
    }  # fmt: skip
    assert "widen the grids" in told["unfair.yaml"].told
    assert "column" in told["broken.yaml"].told
    assert "comes with Gradus" in told["shipped.yaml"].told
    assert [question.id for question in library.published(school.store)] == ["line"]
    again = {one.file: one.did for one in folder.push(school.store, school.teacher, files, publish=True)}
    assert again["line.yaml"] == "same"


def test_a_student_pulls_and_pushes_nothing(school, files):
    (files / "line.yaml").write_text(LINE)
    for move in (folder.pull, folder.push):
        with pytest.raises(drafts.NotAllowed):
            move(school.store, school.an, files)


def test_a_folder_that_cannot_be_used_is_told(school, files):
    with pytest.raises(folder.BadFolder, match="is not a folder"):
        pull(school, files / "nothing")
    (files / folder.KNOWN).write_text("[1]")
    with pytest.raises(folder.BadFolder, match="remove it"):
        push(school, files)
