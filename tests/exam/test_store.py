"""The store: tables and migrations agree, what is acknowledged is on disk, and trouble is told in one clear sentence."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, insert, inspect, text
from sqlalchemy.exc import IntegrityError

from exam.attempts import GENESIS, broken_at, chained
from exam.store import Store, attempts, engine, migrate, open_store, tables
from exam.store import people as rows
from exam.store.alone import Alone
from exam.store.engine import StoreUnavailable
from exam.store.migrate import HEAD, backup, config, restore, revision
from exam.store.tables import metadata
from questions.errors import GradusError
from tests.databases import on_both, on_postgresql, on_sqlite

ROOT = Path(migrate.__file__).parents[2]


@pytest.fixture
def store(database):
    store = open_store(database)
    yield store
    store.close()


def add(name):
    """A job that adds somebody."""
    return lambda c: rows.add_person(c, name, "student", "-", 0.0)


def names(store):
    return store.read(lambda c: list(c.execute(text("SELECT name FROM person ORDER BY id")).scalars()))


def names_in(address):
    """Who is there, for another process."""
    with closing(open_store(str(address))) as other:
        return names(other)


def clear(problem):
    """Whether a problem is one sentence that a person can act on: no trace, no SQL, no class names."""
    said = problem.detail
    return (
        len(said.splitlines()) == 1
        and 20 < len(said) < 300
        and not any(word in said for word in ("Error", "sqlalche.me", "SELECT", "[SQL"))
    )


@contextmanager
def held_up(store):
    """Keeps the writer busy, so that the jobs that come meanwhile are committed together."""
    running, go_on = threading.Event(), threading.Event()

    def busy(connection):
        running.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(store.write, busy)
        assert running.wait(10)
        yield
        go_on.set()
        job.result(10)


def queued(store, jobs):
    """The outcomes, as futures, of jobs that are committed together."""
    pool = ThreadPoolExecutor(len(jobs))
    with held_up(store):
        done = []
        for job in jobs:
            done.append(pool.submit(store.write, job))
            while store._jobs.qsize() < len(done):
                time.sleep(0.001)
    pool.shutdown()
    return done


# Tables


def test_a_database_is_made_from_nothing_with_its_folder(tmp_path):
    store = open_store(str(tmp_path / "new" / "folder" / "gradus.db"))
    assert store.read(revision) == HEAD
    assert set(store.read(lambda c: inspect(c).get_table_names())) == {*metadata.tables, "alembic_version"}
    store.close()


TYPED = {"question": "q", "part": "z", "text": "2,4"}
OLD_ROWS = [
    "INSERT INTO person (id, name, role, password, created) VALUES (7, 'An', 'student', '-', 1.5)",
    "INSERT INTO session (sha256, person, created, ends) VALUES ('s', 7, 2, 3)",
    "INSERT INTO token (sha256, name, scope, person, created) VALUES ('t', 'An', 'student', 7, 2)",
    "INSERT INTO paper (id, position, document) VALUES ('quiz', 0, '{}')",
    "INSERT INTO attempt (id, person, paper, practice, started) VALUES ('open', 7, 'quiz', false, 10.25)",
    "INSERT INTO attempt (id, person, paper, practice, started) VALUES ('done', 7, 'quiz', false, 20.5)",
    "INSERT INTO variant VALUES ('done', 0, 'q', 1, 281474976710655, '{}', '{}')",
]


def test_a_database_of_the_first_migration_is_brought_up_to_date_and_keeps_every_row(empty_database):
    old = Store(empty_database)
    with old.writer.connect() as connection, connection.begin():
        command.upgrade(config(connection), "0001")
    chains = {"open": [(10.25, "started", {})], "done": [(20.5, "started", {}), (21.0, "answered", TYPED), (22.125, "submitted", {})]}

    def fill(connection):
        for statement in OLD_ROWS:
            connection.execute(text(statement))
        for id, happened in chains.items():
            previous = GENESIS
            for number, (at, kind, content) in enumerate(happened):
                made = chained(id, previous, number, at, kind, **content)
                connection.execute(insert(tables.event).values(attempt=id, **asdict(made)))
                previous = made.sha256

    old.write(fill)
    before = {name: old.read(lambda c, name=name: rows_of(c, name)) for name in old.read(lambda c: inspect(c).get_table_names())}
    old.close()
    with closing(open_store(empty_database)) as store:
        assert store.read(revision) == HEAD
        for name, kept in before.items():
            now = store.read(lambda c, name=name: rows_of(c, name))
            assert name == "alembic_version" or [row | one for row, one in zip(now, kept, strict=True)] == now, name
        asked = text("SELECT id, delivered, closed, deadline, paused FROM attempt ORDER BY id")
        assert store.read(lambda c: c.execute(asked).all()) == [("done", 20.5, 22.125, None, None), ("open", 10.25, None, None, None)]
        for id in ("open", "done"):
            assert broken_at(id, store.read(lambda c, id=id: attempts.events_of(c, id))) is None


def rows_of(connection, table):
    return sorted((dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()), key=repr)


def test_the_migrations_lead_to_exactly_the_tables(store):
    found = store.read(lambda c: compare_metadata(MigrationContext.configure(c, opts={"compare_type": True}), metadata))
    assert found == []


def test_opening_again_changes_nothing(store, database):
    store.write(add("An"))
    with closing(open_store(database)) as again:
        assert names(again) == ["An"]


def test_many_may_open_a_new_database_at_once(empty_database):
    with ThreadPoolExecutor(6) as pool:
        for store in pool.map(lambda _: open_store(empty_database), range(6)):
            assert store.read(revision) == HEAD
            store.close()


# Durability


@on_sqlite
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_the_log_is_written_ahead_and_synchronised_in_full(store, pragma, value):
    asked = text(f"PRAGMA {pragma}")
    assert store.read(lambda c: c.execute(asked).scalar()) == value
    assert store.write(lambda c: c.execute(asked).scalar()) == value


def test_a_write_returns_only_after_the_commit(store):
    seen = []
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(store.write, lambda c: None)
        done.result(10)

        def committing(connection):
            time.sleep(0.05)
            seen.append(done.done())

        event.listen(store.writer, "commit", committing)
        done = pool.submit(store.write, add("An"))
        assert done.result(10).name == "An"
    assert seen == [False]


@on_sqlite
def test_what_was_written_is_seen_by_another_process_at_once(store, database):
    script = "import sqlite3, sys; print(*(n for n, in sqlite3.connect(sys.argv[1]).execute('SELECT name FROM person')))"
    for name in ("An", "Binh"):
        store.write(add(name))
        seen = subprocess.run([sys.executable, "-S", "-c", script, database], capture_output=True, text=True, check=True)
        assert name in seen.stdout.split()


def refuses(connection):
    rows.add_person(connection, "nobody", "student", "-", 0.0)
    raise GradusError("not today")


def breaks_a_law(connection):
    rows.add_person(connection, "nobody", "student", "-", 0.0)
    connection.execute(text("INSERT INTO session (sha256, person, created, ends) VALUES ('x', 999, 0, 0)"))


def stumbles(connection):
    rows.add_person(connection, "nobody", "student", "-", 0.0)
    return {}["missing"]


@on_sqlite
@pytest.mark.parametrize("failing", [refuses, breaks_a_law, stumbles])
def test_a_job_that_fails_takes_nothing_with_it_and_its_neighbours_survive(store, failing):
    commits = []
    event.listen(store.writer, "commit", lambda connection: commits.append(connection))
    one, bad, other = queued(store, [add("An"), failing, add("Binh")])
    assert (one.result().name, other.result().name) == ("An", "Binh")
    assert bad.exception() is not None
    assert not isinstance(bad.exception(), StoreUnavailable)
    assert names(store) == ["An", "Binh"]
    assert len(commits) == 2, "the job that kept the writer busy, then the three together"


@pytest.mark.parametrize("failing", [refuses, breaks_a_law, stumbles])
def test_a_job_that_fails_alone_leaves_nothing_and_the_writer_goes_on(store, failing):
    with pytest.raises((GradusError, IntegrityError, KeyError)):
        store.write(failing)
    assert names(store) == []
    assert store.write(add("An")).name == "An"


@on_sqlite
def test_a_job_that_nobody_waits_for_any_more_is_left_out_and_the_writer_goes_on(store):
    held, go_on = threading.Event(), threading.Event()
    busy = store.submit(lambda c: (held.set(), go_on.wait(10)))
    assert held.wait(10)
    given_up = store.submit(add("An"))
    assert given_up.cancel()
    go_on.set()
    assert store.submit(add("Binh")).result(10).name == "Binh"
    assert busy.done()
    assert names(store) == ["Binh"]


@on_sqlite
def test_fifty_threads_share_their_commits_and_lose_nothing(store, database):
    commits = []
    event.listen(store.writer, "commit", lambda connection: commits.append(connection))
    people = [f"{thread}-{i}" for thread in range(50) for i in range(4)]
    with ThreadPoolExecutor(50) as pool:
        for name, made in zip(people, pool.map(lambda name: store.write(add(name)), people), strict=True):
            assert made.name == name
    assert sorted(names_in(database)) == sorted(people)
    assert len(commits) < len(people) / 2


@on_sqlite
def test_a_batch_holds_no_more_than_its_most(store):
    commits = []
    event.listen(store.writer, "commit", lambda connection: commits.append(connection))
    done = queued(store, [add(str(i)) for i in range(engine.TOGETHER + 6)])
    assert all(one.result() for one in done)
    assert len(commits) == 3


@on_sqlite
def test_closing_lets_the_writer_finish(database):
    store = open_store(database)
    done = queued(store, [add("An"), add("Binh")])
    store.close()
    assert [one.result().name for one in done] == names_in(database) == ["An", "Binh"]


# Trouble


@contextmanager
def as_nobody():
    """Without the powers of root, for which nothing is read-only."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def locked():
    """A folder that everybody may read and nobody may write, with a database in it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        folder = Path(made)
        open_store(str(folder / "gradus.db")).close()
        (folder / "gradus.db").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize("name", ["new.db", "gradus.db", "missing/gradus.db"])
def test_a_folder_that_cannot_be_written_is_told(locked, name):
    with as_nobody(), pytest.raises(StoreUnavailable) as refused:
        open_store(str(locked / name)).write(add("An"))
    assert clear(refused.value), refused.value.detail
    assert refused.value.status == 503


def a_folder(path):
    path.mkdir()


def in_a_file(path):
    path.parent.mkdir()
    path.parent.rmdir()
    path.parent.write_text("a file, not a folder")


def no_database(path):
    path.write_bytes(b"This is a text about databases, and no database. " * 200)


def cut_short(path):
    open_store(str(path)).close()
    path.write_bytes(path.read_bytes()[:5000])


def newer(path):
    open_store(str(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


@pytest.mark.parametrize("spoil", [a_folder, in_a_file, no_database, cut_short, newer])
def test_what_is_no_database_of_ours_is_told_in_one_sentence(tmp_path, spoil):
    path = tmp_path / "kept" / "gradus.db"
    if spoil is not in_a_file:
        path.parent.mkdir()
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreUnavailable) as refused:
        open_store(str(path))
    assert clear(refused.value), refused.value.detail
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.parametrize("url", ["nonsense://", "://", "postgresql://127.0.0.1:1/none", "mysql://u@h/d"])
def test_an_address_that_leads_nowhere_is_told_in_one_sentence(url):
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg")
    with pytest.raises(StoreUnavailable) as refused:
        open_store(url)
    assert clear(refused.value), refused.value.detail


@on_sqlite
def test_a_full_disk_is_told_loses_nothing_and_is_over_when_there_is_room(database):
    store = open_store(database)
    store.write(add("An"))
    store.close()
    store = Store(database)
    pages = store.read(lambda c: c.execute(text("PRAGMA page_count")).scalar())

    def full(connection, record):
        connection.execute(f"PRAGMA max_page_count = {pages + 8}").close()

    event.listen(store.writer, "connect", full)
    acknowledged = ["An"]

    def fill():
        while len(acknowledged) < 500:
            acknowledged.append(store.write(add(f"{len(acknowledged):080}")).name)

    with pytest.raises(StoreUnavailable) as refused:
        fill()
    assert names(store) == acknowledged, "each that was acknowledged is there, and the one that was not is not"
    assert clear(refused.value), refused.value.detail
    assert "full" in refused.value.detail
    event.remove(store.writer, "connect", full)
    assert store.write(add("Binh")).name == "Binh"
    store.close()


# The limit stands for a disk or a quota: no file may grow beyond it, and the write that would fails.
FILLING = """
import resource, sys
from exam.store import Store, open_store, people as rows
from exam.store.alone import Alone
from exam.store.engine import StoreUnavailable
store, acknowledged, before = open_store(sys.argv[1]), [], resource.getrlimit(resource.RLIMIT_FSIZE)
add = lambda name: store.write(lambda c: rows.add_person(c, name, "student", "-", 0.0)).name
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
try:
    while len(acknowledged) < 5000:
        acknowledged.append(add(f"{len(acknowledged):060}"))
except StoreUnavailable as problem:
    print(problem.detail)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
acknowledged.append(add("there is room again"))
print(*acknowledged, sep="\\n")
"""


@on_sqlite
def test_a_disk_that_fills_up_below_sqlite_loses_nothing_that_was_acknowledged(database):
    pytest.importorskip("resource")
    filled = subprocess.run([sys.executable, "-c", FILLING, database], capture_output=True, text=True, check=True, cwd=ROOT)
    told, *acknowledged = filled.stdout.splitlines()
    assert "cannot be used just now" in told
    assert 100 < len(acknowledged) < 5000
    assert names_in(database) == acknowledged


@on_sqlite
def test_a_writer_elsewhere_that_holds_on_is_told(store, database, monkeypatch):
    event.listen(store.writer, "connect", lambda connection, record: connection.execute("PRAGMA busy_timeout = 50").close())
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable) as refused:
            store.write(add("An"))
        other.execute("ROLLBACK")
    assert clear(refused.value), refused.value.detail
    assert store.write(add("An")).name == "An"


class Restarting:
    """What a restart of PostgreSQL looks like from here: it refuses connections, all of them end, and then it is back."""

    def __init__(self, server, address):
        self.server, self.name = server, address.rpartition("/")[2]

    def stop(self):
        self.server.sql(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        self.server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    def start(self):
        self.server.sql(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")


@on_postgresql
def test_postgresql_may_restart_between_two_requests_and_nobody_notices(store, database, postgresql):
    again = Restarting(postgresql, database)
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(lambda i: store.write(add(f"n{i}")), range(8)))) == 8
    again.stop()
    again.start()
    assert store.write(add("An")).name == "An"
    assert "An" in names(store)


@on_postgresql
def test_postgresql_that_is_away_is_told_and_when_it_is_back_all_is_well(store, database, postgresql):
    again = Restarting(postgresql, database)
    store.write(add("An"))
    again.stop()
    for job in (lambda: store.write(add("Binh")), lambda: names(store)):
        with pytest.raises(StoreUnavailable) as refused:
            job()
        assert clear(refused.value), refused.value.detail
    again.start()
    assert store.write(add("Binh")).name == "Binh"
    assert names(store) == ["An", "Binh"]


@on_postgresql
def test_a_write_whose_commit_was_cut_off_is_not_acknowledged(store, database, postgresql):
    again = Restarting(postgresql, database)

    def cut_off(connection):
        rows.add_person(connection, "An", "student", "-", 0.0)
        again.stop()
        again.start()

    with pytest.raises(StoreUnavailable):
        store.write(cut_off)
    assert names(store) == []


@on_both
def test_a_read_only_database_is_told(database):
    if database.startswith("postgresql"):
        store = Store(database)
        event.listen(store.writer, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY"))
    else:
        store = open_store(database)
        event.listen(store.writer, "connect", lambda connection, record: connection.execute("PRAGMA query_only = ON").close())
    with pytest.raises(StoreUnavailable) as refused:
        store.write(add("An"))
    assert clear(refused.value), refused.value.detail
    assert names(store) == []
    store.close()


@on_postgresql
def test_somebody_who_holds_on_is_told(store, monkeypatch):
    def impatient(connection, record):
        connection.execute("SET lock_timeout = '50ms'")
        connection.commit()

    store.writer.dispose()
    event.listen(store.writer, "connect", impatient)
    held, go_on = threading.Event(), threading.Event()

    def busy(connection):
        engine.hold(connection, "key")
        held.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(store.write, busy)
        assert held.wait(10)
        store.read(lambda c: engine.hold(c, "key"))  # a reader waits for nobody
        with pytest.raises(StoreUnavailable) as refused:
            store.write(lambda c: engine.hold(c, "key"))
        go_on.set()
        other.result(10)
    assert clear(refused.value), refused.value.detail
    store.write(lambda c: engine.hold(c, "key"))


@on_both
@pytest.mark.parametrize("typed", ["\0", "\x10", "\x100", "\x101\0", "a\0b\x10\x10c", "Việt 🙂 \u202e\r\n\t"])
def test_whatever_was_typed_comes_back_as_it_was(store, typed):
    def job(connection):
        an = rows.add_person(connection, "An", "student", "-", 0.0)
        attempts.add_attempt(connection, attempts.AttemptRow("a", an.id, "", True, 0.1), [])
        attempts.append(connection, "a", 0.1 + 0.2, "answered", question="q", part="z", text=typed, version=1)

    store.write(job)
    kept = store.read(lambda c: attempts.events_of(c, "a"))
    assert (kept[1].text, kept[1].at) == (typed, 0.1 + 0.2)
    assert broken_at("a", kept) is None


# Backup and restore


@contextmanager
def busy(store):
    """Somebody keeps writing 0, 1, 2, … and knows which were acknowledged."""
    acknowledged, over = [], threading.Event()

    def write():
        while not over.is_set():
            store.write(add(f"n{len(acknowledged)}"))
            acknowledged.append(f"n{len(acknowledged)}")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield acknowledged
    finally:
        over.set()
        thread.join()


@on_sqlite
def test_a_backup_while_writing_is_whole_and_holds_all_that_was_acknowledged_before(store, tmp_path):
    with busy(store) as acknowledged:
        while len(acknowledged) < 20:
            time.sleep(0.001)
        before = list(acknowledged)
        backup(store, tmp_path / "copy.db")
    kept = names_in(tmp_path / "copy.db")
    assert kept[: len(before)] == before
    assert kept == [f"n{i}" for i in range(len(kept))]
    with closing(open_store(str(tmp_path / "copy.db"))) as copy:
        assert names(copy) == kept


@on_sqlite
@pytest.mark.parametrize("from_elsewhere", [False, True])
def test_a_restore_while_running_brings_back_what_was_and_the_writer_goes_on(store, database, tmp_path, from_elsewhere):
    store.write(add("An"))
    backup(store, tmp_path / "copy.db")
    store.write(add("Binh"))
    assert names(store) == ["An", "Binh"]
    other = open_store(database) if from_elsewhere else store
    restore(other, tmp_path / "copy.db")
    assert names(store) == ["An"]
    store.write(add("Chi"))
    assert names(other) == names_in(database) == ["An", "Chi"]
    if other is not store:
        other.close()


@on_sqlite
def test_a_restore_under_load_leaves_a_whole_database(store, database, tmp_path):
    store.write(add("An"))
    backup(store, tmp_path / "copy.db")
    with busy(store) as acknowledged:
        while len(acknowledged) < 10:
            time.sleep(0.001)
        restore(store, tmp_path / "copy.db")
        after = len(acknowledged)
        while len(acknowledged) < after + 10:
            time.sleep(0.001)
    assert names(store)[0] == "An"
    assert names(store)[-10:] == acknowledged[-10:]
    assert store.read(lambda c: c.execute(text("PRAGMA integrity_check")).scalar()) == "ok"


def damaged(path):
    with closing(open_store(str(path))) as made:
        for i in range(300):
            made.write(add(f"{i:070}"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 3000] = b"\xa5" * 3000
    path.write_bytes(content)


def another_programs(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE invoices (id)")
        connection.commit()


def another_programs_with_alembic(path):
    another_programs(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('3f2a9c')")
        connection.commit()


def with_alembic_and_nothing_else(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.commit()


def empty(path):
    path.touch()


def absent(path):
    pass


SPOILT = [
    damaged, another_programs, another_programs_with_alembic, with_alembic_and_nothing_else,
    newer, no_database, cut_short, empty, a_folder, absent,
]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize("spoil", SPOILT)
def test_a_damaged_or_foreign_backup_is_refused_and_nothing_is_lost(store, tmp_path, spoil):
    store.write(add("An"))
    file = tmp_path / "backup.db"
    spoil(file)
    with pytest.raises(StoreUnavailable) as refused:
        restore(store, file)
    assert clear(refused.value), refused.value.detail
    assert "backup.db" in refused.value.detail
    assert names(store) == ["An"]
    assert store.write(add("Binh")).name == "Binh"


@on_sqlite
@pytest.mark.parametrize("name", ["with space.db", "50% #1?.db", "ngày.db"])
def test_a_backup_may_have_any_name(store, tmp_path, name):
    store.write(add("An"))
    backup(store, tmp_path / name)
    store.write(add("Binh"))
    restore(store, tmp_path / name)
    assert names(store) == ["An"]


@on_sqlite
def test_a_backup_never_overwrites_a_file(store, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StoreUnavailable) as refused:
        backup(store, tmp_path / "thesis.txt")
    assert clear(refused.value)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@on_sqlite
def test_a_backup_into_a_missing_folder_is_told(store, tmp_path):
    with pytest.raises(StoreUnavailable) as refused:
        backup(store, tmp_path / "missing" / "copy.db")
    assert clear(refused.value), refused.value.detail


@on_sqlite
def test_alembic_is_not_loaded_where_there_is_nothing_to_migrate(database):
    open_store(database).close()
    script = "import sys; from exam.store import open_store; open_store(sys.argv[1]).close(); print('alembic' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script, database], capture_output=True, text=True, check=True, cwd=ROOT)
    assert loaded.stdout == "False\n"


@on_both
def test_one_process_at_a_time_is_alone_at_a_work(database):
    """Two stores stand for two processes: neither a file's lock nor a session's is shared between them."""
    one, other = open_store(database), open_store(database)
    first, second = Alone(one, "clerk"), Alone(other, "clerk")
    assert first.held()
    assert not second.held()
    assert first.held(), "it keeps what it has"
    third = Alone(other, "another work")
    assert third.held()
    first.let_go()
    assert second.held()
    second.let_go()
    third.let_go()
    one.close()
    other.close()
