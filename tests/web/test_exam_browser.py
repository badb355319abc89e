"""An exam in real browsers with bad luck: clocks set, lines cut, tabs lost, sessions ended, the server gone; and not a character lost."""

import json
import re
from datetime import datetime
from itertools import count

import pytest

from exam import clerk, clock, people, room, sittings, starting
from exam.room import Whom
from exam.store import attempts as rows
from exam.store import people as accounts
from tests.web.browser import Server, findings
from tests.web.conftest import Installation
from web.templates import zone

pytest.importorskip("playwright.sync_api")
Q1, Q2 = "aio2024-cau-01-vary", "aio2024-cau-03-vary"
NUMBER = count(1)
SOON = 4_600  # milliseconds in which an open page hears what was done in the room


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An installation of its own: its clock is moved."""
    return Installation(tmp_path_factory.mktemp("exam"))


@pytest.fixture(scope="module")
def server(house):
    running = Server(house.app)
    yield running
    running.stop()


@pytest.fixture
def hands(monkeypatch):
    """The server's clock, moved on by so many seconds."""

    class Hands:
        ahead = 0.0

    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + Hands.ahead)
    return Hands


# What the page's clock says and announces, kept from its first moment on.
LISTEN = """() => {
  window.announced = [];
  new MutationObserver(() => news.textContent && window.announced.push(news.textContent))
    .observe(document.getElementById("news"), {childList: true, characterData: true, subtree: true});
}"""


class Exam:
    """A paper of two questions, its teacher, and one student in a browser; whatever the browser complains of is kept."""

    def __init__(self, browser, server, house, settings, **stated):
        self.house, self.store, self.server, self.complaints = house, house.store, server, []
        self.id = f"exam-{next(NUMBER)}"
        self.name = f"An {self.id}"
        people.add_person(self.store, self.name, "student", "pass-word")
        self.person = self.store.read(lambda c: accounts.find_person(c, self.name))[0]
        account, teacher = house.person("Cô Hà", "teacher")
        self.teacher_password = account.password
        self.teacher = house.paper(self.id, [Q1, Q2], self.person, teacher=teacher, **({"minutes": 45, "preset": "exam"} | stated))
        self.context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 900}, **settings})
        self.secret = people.sign_in(self.store, self.name, "pass-word")
        self.context.add_cookies([{"name": "gradus_session", "value": self.secret, "url": server.address}])
        self.page = self.open()

    def open(self):
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if "Content Security" in message.text else None)
        return page

    def sit(self, number=1, page=None):
        """Starts, and goes to a question."""
        self.attempt = starting.start(self.store, self.person, self.id)[0]
        self.go(f"/attempts/{self.attempt}/questions/{number}", page)
        return self.page

    def go(self, path, page=None):
        (page or self.page).goto(self.server.address + path)

    def kept(self):
        """Waits until the page can be shown again without a line."""
        self.page.wait_for_function("async () => (await (await caches.open('gradus-attempts')).match(location.pathname)) != null")
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def typed(self, part="z", question=Q1):
        return sittings.sitting(self.store, self.person, self.attempt).state.text(question, part)

    def events(self, kind):
        return [event for event in self.store.read(lambda c: rows.events_of(c, self.attempt)) if event.kind == kind]


@pytest.fixture
def exam(request, browser, server, house):
    """Makes exams; by itself one of 45 minutes.  What is stated about the paper or the browser is in the parameter."""
    stated = dict(getattr(request, "param", {}))
    made = Exam(browser, server, house, stated.pop("browser", {}), **stated)
    yield made
    made.context.close()
    assert made.complaints == []


def box(page, part="z"):
    return page.locator(f'[name="answer:{part}"]')


def line(page, state):
    """Waits for what the line below the question says."""
    page.locator(f'#saved [data-state="{state}"]').wait_for(state="visible")


def write(page, text, part="z"):
    box(page, part).fill(text)
    box(page, part).blur()


def left(page):
    """The seconds that the page shows, once its clock goes."""
    minutes, seconds = page.locator("#clock output").filter(has_text=re.compile(r"^\d+:\d\d$")).inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def until(exam, what):
    """Waits for something that happens on the server."""
    for _ in range(100):
        if what():
            return
        exam.page.wait_for_timeout(50)
    pytest.fail("it never happened")


# Time


FOUR_HOURS_ON = """(() => {
  const Real = Date, ahead = 4 * 3600e3;
  Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + ahead); }
    static now() { return Real.now() + ahead; }
  };
})()"""


def test_changing_the_computers_clock_changes_nothing(exam):
    exam.page.add_init_script(FOUR_HOURS_ON)
    page = exam.sit()
    assert page.evaluate("Date.now()") > 1000 * (clock.now() + 3 * 3600)
    assert 44 * 60 < left(page) <= 45 * 60
    write(page, "1.5")
    line(page, "saved")
    assert 44 * 60 < left(page) <= 45 * 60
    assert exam.typed() == "1.5"


def test_the_last_minutes_are_announced_once_each_and_politely(exam, hands):
    exam.page.clock.install()
    page = exam.sit()
    assert page.locator("#news").get_attribute("role") == "status"
    page.evaluate(LISTEN)
    deadline = sittings.sitting(exam.store, exam.person, exam.attempt).clock.deadline
    for minutes in (30, 10, 5, 1):
        seconds = int(deadline - clock.now()) - 60 * minutes + 2
        hands.ahead += seconds
        page.clock.fast_forward(1000 * seconds)
        page.clock.run_for(11_000)
        page.wait_for_timeout(200)
    assert page.evaluate("announced") == ["30 minutes left.", "10 minutes left.", "5 minutes left.", "One minute left."]
    page.reload()
    page.evaluate(LISTEN)
    page.clock.run_for(11_000)
    assert page.evaluate("announced") == [], "not again on the next page"


def test_who_hides_the_clock_does_not_see_it_on_the_next_page_either(exam):
    page = exam.sit()
    clock_button = page.locator("#clock button")
    clock_button.click()
    assert clock_button.get_attribute("aria-pressed") == "true"
    assert page.locator("#clock output").is_hidden()
    exam.go(f"/attempts/{exam.attempt}/questions/2")
    assert page.locator("#clock output").is_hidden()
    page.get_by_role("button", name="show the time").click()
    page.reload()
    assert left(page) > 44 * 60


def test_minutes_given_in_the_room_reach_the_open_page_and_are_said(exam):
    exam.page.clock.install()
    page = exam.sit()
    page.evaluate(LISTEN)
    room.add_minutes(exam.store, exam.teacher, exam.id, 7, Whom(exam.attempt), "the projector")
    page.clock.run_for(SOON)
    page.wait_for_function("() => announced.length > 0")
    assert page.evaluate("announced") == ["7 more minutes were given."]
    assert 51 * 60 < left(page) <= 52 * 60


def test_a_page_that_is_looked_at_again_asks_at_once(exam):
    exam.page.clock.install()
    page = exam.sit()
    page.evaluate(LISTEN)
    page.wait_for_load_state("networkidle")
    room.add_minutes(exam.store, exam.teacher, exam.id, 7)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("() => announced.length > 0")
    room.pause(exam.store, exam.teacher, exam.id)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("heading", name="Paused").wait_for()
    room.resume(exam.store, exam.teacher, exam.id)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    box(page).wait_for()


def test_who_saves_was_told_the_clock_and_asks_only_so_that_the_room_knows(exam):
    exam.page.clock.install()
    page = exam.sit()
    page.wait_for_load_state("networkidle")
    polls, asked = [], []
    page.on("request", lambda request: polls.append(request.url) if "/clock?" in request.url else None)
    for number in range(8):
        with page.expect_response(lambda reply: "/answers/" in reply.url):
            write(page, f"{number}.5")
        page.clock.run_for(3000)
        page.wait_for_timeout(100)
        asked.append(len(polls))
    assert asked[1] == 0
    assert asked[-1] in (1, 2), "of the seven times in half a minute"


def test_a_pause_shows_a_page_of_its_own_and_goes_on_by_itself(exam, hands):
    exam.page.clock.install()
    page = exam.sit()
    write(page, "2.5")
    line(page, "saved")
    before = left(page)
    room.pause(exam.store, exam.teacher, exam.id)
    page.clock.run_for(SOON)
    page.get_by_role("heading", name="Paused").wait_for()
    hands.ahead += 600
    room.resume(exam.store, exam.teacher, exam.id)
    page.clock.run_for(5_000)
    box(page).wait_for()
    assert box(page).input_value() == "2.5"
    assert before - 30 < left(page) <= before, "the pause cost nothing"


def test_what_was_typed_in_the_last_second_is_sent_within_the_grace_and_the_page_leads_on(exam, hands):
    exam.page.clock.install()
    page = exam.sit()
    exam.context.set_offline(True)
    write(page, "9.5")
    line(page, "offline")
    hands.ahead += left(page) + 2
    page.clock.run_for(1000 * (left(page) + 2))
    assert left(page) == 0
    exam.context.set_offline(False)
    until(exam, lambda: exam.typed() == "9.5")
    assert json.loads(exam.events("answered")[-1].body)["seconds_late"] > 0
    hands.ahead += 20
    page.clock.run_for(17_000)
    page.get_by_role("heading", name="Handed in").wait_for()
    page.get_by_text("The time was up").wait_for()


def test_without_a_line_at_the_end_the_page_stays_and_leads_on_when_it_is_back(exam, hands):
    exam.page.clock.install()
    page = exam.sit()
    exam.context.set_offline(True)
    write(page, "8.5")
    hands.ahead += left(page) + 60
    page.clock.run_for(1000 * (left(page) + 30))
    assert box(page).input_value() == "8.5"
    exam.context.set_offline(False)
    page.clock.run_for(10_000)
    page.get_by_role("heading", name="Handed in").wait_for()
    assert exam.typed() == "", "it came too late to count"
    assert [event.text for event in exam.events("late")] == ["8.5"]


def test_a_page_left_open_overnight_says_so_kindly_and_leads_on(exam, hands):
    exam.page.clock.install()
    page = exam.sit()
    hands.ahead += 10 * 3600
    clerk.close_what_is_over(exam.store)
    write(page, "7.5")
    page.get_by_text("The time is up; what was saved in time has been handed in.").first.wait_for()
    assert not box(page).is_editable()
    page.clock.run_for(11_000)
    page.get_by_role("heading", name="Handed in").wait_for()
    assert [event.text for event in exam.events("late")] == ["7.5"]


# The line


def test_with_the_line_cut_a_reload_keeps_every_character_and_all_is_sent_when_it_is_back(exam, server):
    page = exam.sit()
    write(page, "1.25")
    line(page, "saved")
    exam.kept()
    server.stop()
    try:
        write(page, "-3.75")
        line(page, "offline")
        page.reload()
        assert box(page).input_value() == "-3.75"
        box(page).press("End")
        box(page).press_sequentially("25")
        page.reload()
        assert box(page).input_value() == "-3.7525"
        assert 44 * 60 - 60 < left(page) <= 45 * 60
    finally:
        server.start()
    until(exam, lambda: exam.typed() == "-3.7525")
    line(page, "saved")


def test_what_was_saved_is_also_there_when_an_older_page_is_shown_without_a_line(exam, server):
    page = exam.sit()
    exam.kept()
    write(page, "6.25")
    line(page, "saved")
    server.stop()
    try:
        page.reload()
        assert box(page).input_value() == "6.25"
    finally:
        server.start()


def test_a_slow_line_saves_all_the_same(exam):
    page = exam.sit()
    wire = exam.context.new_cdp_session(page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 1500, "downloadThroughput": 4000, "uploadThroughput": 4000}
    wire.send("Network.emulateNetworkConditions", slow)
    box(page).press_sequentially("12.345", delay=60)
    line(page, "saving")
    until(exam, lambda: exam.typed() == "12.345")
    line(page, "saved")


def test_a_tab_that_crashed_without_a_line_gives_back_what_was_typed(exam):
    page = exam.sit()
    exam.context.set_offline(True)
    write(page, "4.75")
    line(page, "offline")
    page.close()
    exam.context.set_offline(False)
    exam.page = exam.open()
    exam.go(f"/attempts/{exam.attempt}/questions/1")
    assert box(exam.page).input_value() == "4.75"
    until(exam, lambda: exam.typed() == "4.75")


def test_a_server_that_is_killed_and_started_again_costs_neither_a_character_nor_a_second(exam, server):
    page = exam.sit()
    deadline = sittings.sitting(exam.store, exam.person, exam.attempt).clock.deadline
    server.stop()
    box(page).press_sequentially("0.12")
    server.start()
    box(page).press_sequentially("34")
    until(exam, lambda: exam.typed() == "0.1234")
    assert sittings.sitting(exam.store, exam.person, exam.attempt).clock.deadline == deadline


# Tabs, sessions, pages


def test_two_tabs_that_disagree_show_both_texts_and_taking_the_other_is_a_choice(exam):
    page, other = exam.sit(), exam.open()
    exam.go(f"/attempts/{exam.attempt}/questions/1", other)
    write(page, "1.5")
    line(page, "saved")
    write(other, "2.5")
    other.get_by_text("also changed elsewhere").first.wait_for()
    shown = other.locator("#z-why code").all_inner_texts()
    assert shown == ["2.5", "1.5"]
    other.get_by_role("button", name="Take the other").click()
    assert box(other).input_value() == "1.5"
    assert exam.typed() == "1.5"


def test_a_session_that_ends_costs_nothing_and_one_signs_in_in_place(exam):
    page = exam.sit()
    people.sign_out(exam.store, exam.secret)
    box(page).fill("5.25")
    line(page, "out")
    page.get_by_role("link", name="Sign in again").press("Enter")
    dialog = page.get_by_role("dialog")
    assert page.evaluate("document.activeElement.name") == "password"
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    dialog.get_by_role("alert").wait_for()
    dialog.get_by_label("Password").fill("pass-word")
    page.keyboard.press("Enter")
    until(exam, lambda: exam.typed() == "5.25")
    line(page, "saved")
    assert page.evaluate("document.activeElement.name") == "answer:z", "one goes on where one was"


def test_the_back_button_shows_what_was_typed_and_after_handing_in_nothing_to_change(exam):
    page = exam.sit()
    box(page).fill("3.5")
    page.locator('.bar button[value="next"]').click()
    page.wait_for_url("**/questions/2")
    page.go_back()
    assert box(page).input_value() == "3.5"
    page.locator('button[value="submit"]').first.click()
    page.locator('form[action$="/submit"] button').click()
    page.get_by_role("heading", name="Handed in").wait_for()
    page.go_back()
    page.go_back()
    page.get_by_role("heading", name="Handed in").wait_for()
    assert box(page).count() == 0


def test_handing_in_from_two_tabs_at_once_hands_in_once(exam):
    page, other = exam.sit(), exam.open()
    write(page, "1.5")
    line(page, "saved")
    for tab in (page, other):
        exam.go(f"/attempts/{exam.attempt}/submit", tab)
    for tab in (page, other):
        tab.locator('form[action$="/submit"] button').click(no_wait_after=True)
    for tab in (page, other):
        tab.get_by_role("heading", name="Handed in").wait_for()
    assert len({tab.locator("#receipt").text_content() for tab in (page, other)}) == 1
    assert len(exam.events("submitted")) == 1


@pytest.mark.parametrize("exam", [{"forward_only": True}], indirect=True)
def test_a_paper_that_goes_forward_only_has_no_way_back(exam):
    page = exam.sit()
    box(page).fill("3.5")
    page.locator('.bar button[value="next"]').click()
    page.wait_for_url("**/questions/2")
    assert exam.typed() == "3.5"
    assert page.locator('.map button[value="1"]').is_disabled()
    page.go_back()
    page.wait_for_url("**/questions/2")
    exam.go(f"/attempts/{exam.attempt}/questions/1")
    assert page.url.endswith("/questions/2")


@pytest.mark.parametrize("exam", [{"password": "hoa phượng"}], indirect=True)
def test_a_paper_with_a_password_is_opened_by_who_knows_it(exam):
    page = exam.page
    exam.go("/papers")
    field = page.get_by_label("Password of the paper")
    field.fill("hoa sen")
    field.press("Enter")
    page.locator(f"#problem-{exam.id}").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("hoa phượng")
    field.press("Enter")
    page.wait_for_url("**/attempts/**")
    assert 44 * 60 < left(page) <= 45 * 60


# People


PHONE = {"viewport": {"width": 390, "height": 740}, "has_touch": True, "is_mobile": True, "color_scheme": "dark"}


@pytest.mark.parametrize("exam", [{"browser": PHONE}], indirect=True)
def test_on_a_phone_in_the_dark_the_clock_is_seen_and_nothing_is_wider_than_the_screen(exam):
    page = exam.sit()
    shown = page.locator("#clock output").bounding_box()
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= 390
    for path in (page.url, f"{exam.server.address}/papers", f"{exam.server.address}/attempts/{exam.attempt}/submit"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_timed_exam_is_taken_by_keyboard_alone(exam):
    exam.go("/papers")
    page = exam.page

    def tab_to(what):
        seen = []
        for _ in range(60):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("(e => `${e.tagName} ${e.name} ${e.value} ${e.textContent}`)(document.activeElement)"))
            if re.search(what, seen[-1]):
                return
        pytest.fail(f"Tab never comes to {what}: {seen}")

    tab_to(f"^BUTTON .*Start: Paper {exam.id}$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/**")
    tab_to("hide")
    page.keyboard.press("Space")
    assert page.locator("#clock output").is_hidden()
    tab_to("answer:z ")
    page.keyboard.type("0.5")
    tab_to("^BUTTON go next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/2")
    tab_to("^BUTTON go submit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit")
    tab_to("^BUTTON .*Hand in")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Handed in").wait_for()


@pytest.mark.parametrize("exam", [{"preset": "practice", "minutes": None}], indirect=True)
def test_checking_tells_how_it_stands_in_place_and_forgets_it_when_the_answer_changes(exam):
    page = exam.sit()
    box(page).fill("12345")
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Check").click()
    told = page.locator("#z-checked")
    told.get_by_text("wrong").first.wait_for()
    assert page.evaluate("window.stays"), "nothing was reloaded"
    assert "wrong" in page.locator("#news").inner_text()
    assert exam.typed() == "12345"
    box(page).press_sequentially("6")
    assert told.is_hidden()


FAR = "Pacific/Kiritimati"  # fourteen hours before Greenwich, where no server of ours stands


@pytest.mark.parametrize("exam", [{"closes": "2090-12-01T08:00:00Z", "browser": {"timezone_id": FAR}}], indirect=True)
def test_a_student_elsewhere_reads_their_own_time_and_the_servers_beside_it(exam):
    exam.go("/papers")
    here = datetime.fromisoformat("2090-12-01T08:00:00Z").astimezone()
    told = exam.page.locator("time.moment").first
    told.filter(has_text="on the server").wait_for()
    assert told.inner_text() == f"01/12/2090, 22:00 (on the server: {here:%d/%m/%Y %H:%M} {zone(here)})"


@pytest.mark.parametrize("exam", [{"closes": "2090-12-01T08:00:00Z", "browser": {"java_script_enabled": False}}], indirect=True)
def test_without_scripts_times_are_the_servers_and_say_so(exam):
    exam.go("/papers")
    here = datetime.fromisoformat("2090-12-01T08:00:00Z").astimezone()
    assert exam.page.locator("time.moment").first.inner_text() == f"{here:%d/%m/%Y %H:%M} {zone(here)}"
    exam.sit()
    sittings.save(exam.store, exam.person, exam.attempt, Q1, "z", "1")
    exam.page.reload()
    assert zone() in exam.page.locator("#saved time").inner_text()


def test_staff_see_whose_clock_they_type_and_read_by(exam, staffed):
    staffed.go(f"/teach/papers/{exam.id}/open")
    for name in ("opens", "closes"):
        assert zone() in staffed.page.locator(f"#{name}-note").inner_text()
    exam.sit()
    sittings.save(exam.store, exam.person, exam.attempt, Q1, "z", "1")
    staffed.go(f"/teach/papers/{exam.id}/room")
    assert zone() in staffed.page.get_by_text("Times of day are on").inner_text()
    saved = datetime.fromtimestamp(exam.events("answered")[-1].at)
    assert staffed.page.locator('td[data-label="Last save"]').first.inner_text() == f"{saved:%H:%M:%S}"


# The room, and every page


class Staff:
    """The teacher of an exam in a browser of their own."""

    def __init__(self, exam, browser, **settings):
        self.exam = exam
        self.context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 900}, **settings})
        secret = people.sign_in(exam.store, exam.teacher.name, exam.teacher_password)
        self.context.add_cookies([{"name": "gradus_session", "value": secret, "url": exam.server.address}])
        self.page = self.context.new_page()

    def go(self, path):
        self.page.goto(self.exam.server.address + path)


@pytest.fixture
def staffed(browser, exam):
    made = Staff(exam, browser)
    yield made
    made.context.close()


def classmate(exam, name, unsent=0, hands=None, ago=0.0):
    """Another student of the paper, whose page last gave a sign of life so long ago."""
    _, person = exam.house.person(name)
    exam.house.enrol(exam.id, person)
    hands.ahead -= ago
    attempt = starting.start(exam.store, person, exam.id)[0]
    room.clock_of(exam.store, person, attempt, unsent, 1)
    hands.ahead += ago
    return person


def test_the_room_shows_trouble_first_and_counts_who_is_silent_as_it_happens(exam, staffed, hands):
    exam.sit()
    late = classmate(exam, "A Still writing", hands=hands)
    classmate(exam, "B Unsent", unsent=3, hands=hands)
    silent = classmate(exam, "C Silent", hands=hands, ago=300)
    page = staffed.page
    page.clock.install()
    staffed.go(f"/teach/papers/{exam.id}/room")

    def order():
        return [name.split()[0] for name in page.locator(".room tbody th").all_inner_texts()]

    assert order() == ["C", "B", "A", "An"]
    assert page.locator("#silent").inner_text() == "1 silent"
    page.locator(f"#seat-{late.id} summary").click()
    hands.ahead += 60
    room.clock_of(exam.store, silent, sittings_of(exam, silent), 0, 2)
    page.clock.run_for(5_000)
    page.wait_for_function("() => document.getElementById('silent').textContent === '3 silent'")
    assert page.locator("#news").text_content() == "3 silent"
    assert order() == ["C", "B", "A", "An"], "nothing moves while a hand is in it"
    assert page.locator(f"#seat-{silent.id}").get_by_text("there", exact=True).is_visible(), "but what stands there is new"
    page.locator(f"#seat-{late.id} summary").click()
    page.locator("h1").click()
    page.clock.run_for(5_000)
    page.wait_for_function(f"() => document.querySelector('.room tbody tr:last-child').id === 'seat-{silent.id}'")


def sittings_of(exam, person):
    return exam.store.read(lambda c: rows.attempts_of(c, person.id))[0].id


def test_minutes_are_given_to_one_student_from_the_room(exam, staffed):
    exam.sit()
    staffed.go(f"/teach/papers/{exam.id}/room")
    page = staffed.page
    page.locator(".room summary").click()
    form = page.locator(".room details form")
    form.get_by_label("Minutes").fill("7")
    form.get_by_label("Reason").fill("a nosebleed")
    form.get_by_role("button", name="Give").click()
    page.locator(".trail").get_by_text("a nosebleed").wait_for()
    deadline = sittings.sitting(exam.store, exam.person, exam.attempt).clock.deadline
    assert 51 * 60 < deadline - clock.now() <= 52 * 60


def screens(exam, staff, hands):
    """Goes through every screen of an exam, and yields its name and its page once it stands there."""
    page, store = exam.page, exam.store
    for id, stated in (
        ("secret", {"password": "sen"}),
        ("tomorrow", {"opens": "2030-01-01T08:00+07:00", "closes": "2030-01-01T12:00+07:00"}),
    ):
        exam.house.paper(f"{exam.id}-{id}", [Q1, Q2], exam.person, minutes=90, **stated)
    exam.go("/papers")
    yield "papers", page
    exam.sit()
    write(page, "1.5oo")
    line(page, "saved")
    yield "sitting", page
    hands.ahead += 41 * 60
    page.reload()
    yield "last-minutes", page
    page.locator("#clock button").click()
    yield "hidden-clock", page
    page.locator("#clock button").click()
    hands.ahead -= 41 * 60
    page.evaluate("document.querySelector('#saved [data-state=out] a').click()")
    yield "sign-in-again", page
    practice = starting.practise(store, exam.person, "optim-gd-vary")
    sittings.save(store, exam.person, practice, "optim-gd-vary", "g1[0]", "-1")
    sittings.save(store, exam.person, practice, "optim-gd-vary", "g1[1]", "123")
    exam.go(f"/attempts/{practice}/questions/1?checked=yes")
    yield "checked", page
    choice = starting.practise(store, exam.person, "optim-gd-vary-mc")
    sittings.save(store, exam.person, choice, "optim-gd-vary-mc", "answer", "a")
    exam.go(f"/attempts/{choice}/questions/1?checked=yes")
    yield "checked-choice", page
    classmate(exam, "Trần Thị Bình", unsent=3, hands=hands)
    classmate(exam, "Phạm Quang Cường", hands=hands, ago=300)
    exam.house.enrol(exam.id, exam.house.person("Đỗ Minh Đức")[1])
    gone = classmate(exam, "Vũ Hải Yến", hands=hands)
    sittings.submit(store, gone, sittings_of(exam, gone))
    room.add_minutes(store, exam.teacher, exam.id, 5, reason="máy chiếu hỏng")
    room.note_incident(store, exam.teacher, exam.id, "Mất điện hai phút.")
    for path in ("/teach/papers", f"/teach/papers/{exam.id}", f"/teach/papers/{exam.id}/room"):
        staff.go(path)
        yield path.replace(exam.id, "id").strip("/").replace("/", "-"), staff.page
    staff.page.locator(".room summary").nth(1).click()
    yield "teach-papers-id-room-help", staff.page
    room.pause(store, exam.teacher, exam.id)
    exam.go(f"/attempts/{exam.attempt}/questions/1")
    yield "paused", page
    staff.go(f"/teach/papers/{exam.id}/room")
    yield "teach-papers-id-room-paused", staff.page
    room.resume(store, exam.teacher, exam.id)
    sittings.submit(store, exam.person, exam.attempt)
    exam.go(f"/attempts/{exam.attempt}/review")
    yield "handed-in", page


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_accessibility_checker_finds_nothing_on_any_page_of_an_exam(browser, server, house, hands, language, scheme):
    settings = {"color_scheme": scheme, "locale": "vi-VN" if language == "vi" else "en-US"}
    exam = Exam(browser, server, house, settings)
    staff = Staff(exam, browser, **settings)
    found = {}
    for name, page in screens(exam, staff, hands):
        page.wait_for_timeout(250)
        assert page.evaluate("document.documentElement.lang") == language
        if problems := findings(page):
            found[name] = problems
    for one in (exam, staff):
        one.context.close()
    assert found == {}


@pytest.mark.slow
def test_no_page_of_an_exam_is_wider_than_a_phone(browser, server, house, hands):
    settings = {"viewport": {"width": 390, "height": 844}, "locale": "vi-VN"}
    exam = Exam(browser, server, house, settings)
    staff = Staff(exam, browser, **settings)
    wide = [name for name, page in screens(exam, staff, hands) if page.evaluate("document.documentElement.scrollWidth > innerWidth")]
    for one in (exam, staff):
        one.context.close()
    assert wide == []
