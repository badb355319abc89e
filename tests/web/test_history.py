"""What happened in an attempt is read by its student and by the staff of its paper, with checks and with what came too late."""

import pytest

from exam import checks, clock, sittings, starting

GD = "optim-gd-vary"


@pytest.fixture
def taken(browse, installation):
    """A practice paper that was checked and handed in, and one answer that came too late; its student and its teacher."""
    an, teacher = browse(), browse("Cô", "teacher")
    number = next(installation.numbers)
    installation.paper(f"history-{number}", [GD], an.person, teacher=teacher.person, preset="practice", minutes=10)
    id, _ = starting.start(installation.store, an.person, f"history-{number}")
    sittings.save(installation.store, an.person, id, GD, "g1[0]", "12<345")
    checks.check(installation.store, an.person, id, GD)
    later = clock.now() + 700
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        with pytest.raises(sittings.TimeIsUp):
            sittings.save(installation.store, an.person, id, GD, "g1[1]", "77")
        sittings.submit(installation.store, an.person, id)
    return an, teacher, f"history-{number}", id


def test_both_read_what_was_typed_what_a_check_told_and_what_came_too_late(taken):
    an, teacher, paper, id = taken
    for page in (an.get(f"/attempts/{id}/history").text, teacher.get(f"/teach/papers/{paper}/attempts/{id}").text):
        assert "Question 1, g1[0]: saved <code>12&lt;345</code>" in page.replace("</span>", "").replace("<span>", "")
        assert "Question 1: checked: g1[0] – Could not be read." in page
        assert "g1[1] – Left blank." in page
        assert "sent too late, not counted" in page
        assert page.index("Started.") < page.index("saved") < page.index("checked") < page.index("too late") < page.index("Handed in.")
    assert an.person.name in teacher.get(f"/teach/papers/{paper}/attempts/{id}").text
    assert f"/teach/papers/{paper}/attempts/{id}" in teacher.get(f"/teach/papers/{paper}/room").text
    assert f"/attempts/{id}/history" in an.get(f"/attempts/{id}/review", follow_redirects=True).text


def test_nobody_else_reads_it(taken, browse):
    an, teacher, paper, id = taken
    assert browse().get(f"/attempts/{id}/history").status_code == 404
    assert teacher.get(f"/attempts/{id}/history").status_code == 404
    assert an.get(f"/teach/papers/{paper}/attempts/{id}").status_code == 403
    other = browse("Cô khác", "teacher")
    assert other.get(f"/teach/papers/{paper}/attempts/{id}").status_code == 404
    assert teacher.get(f"/teach/papers/{paper}/attempts/none").status_code == 404
