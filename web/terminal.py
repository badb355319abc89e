"""What the command line prints for people: worked solutions, marked tables, and TeX as plain text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from exam.audit import Audit
from exam.grade import Grade
from exam.record import Audited, Proof
from questions.catalogue import Coverage
from questions.documents import QuestionDocument, Solution, VariantDocument
from questions.model import Words

LOW = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
HIGH = str.maketrans("0123456789+-=()nit", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵗ")
COMMANDS = {
    r"\cdot": "·", r"\odot": "⊙", r"\partial": "∂", r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\varepsilon": "ε",
    r"\sum": "Σ", r"\int": "∫", r"\nabla": "∇", r"\ln": "ln ", r"\log": "log ", r"\exp": "exp", r"\max": "max", r"\min": "min",
    r"\sin": "sin", r"\tan": "tan", r"\sinh": "sinh", r"\tanh": "tanh", r"\quad": "  ", r"\qquad": "    ", r"\left": "", r"\right": "",
    r"\le": "≤", r"\ge": "≥", r"\ne": "≠", r"\approx": "≈", r"\sim": "∼", r"\in": "∈", r"\pm": "±", r"\times": "×", r"\circ": "∘",
    r"\to": "→", r"\leftarrow": "←", r"\infty": "∞", r"\top": "ᵀ", r"\lfloor": "⌊", r"\rfloor": "⌋", r"\pi": "π", r"\rho": "ρ",
    r"\sigma": "σ", r"\tau": "τ", r"\mu": "μ", r"\lambda": "λ", r"\varphi": "φ", r"\phi": "φ", r"\Phi": "Φ", r"\delta": "δ",
    r"\Delta": "Δ", r"\eta": "η", r"\theta": "θ", r"\Theta": "Θ", r"\ell": "ℓ", r"\big": "", r"\bigl": "", r"\bigr": "",
}  # fmt: skip
SIGNS = {"correct": "✓", "carried": "↪✓", "mistake": "≈", "wrong": "✗", "blank": "‸", "unreadable": "?", "pending": "…"}
COLOURS = {
    "correct": "green",
    "carried": "cyan",
    "mistake": "yellow",
    "wrong": "red",
    "blank": "bright_black",
    "unreadable": "yellow",
    "pending": "bright_black",
}
VERDICTS = {
    "vi": {
        "correct": "đúng",
        "carried": "đúng, từ số của bạn",
        "mistake": "lỗi thường gặp",
        "wrong": "sai",
        "blank": "bỏ trống",
        "unreadable": "chưa đọc được",
        "pending": "chờ chấm",
    },
    "en": {
        "correct": "correct",
        "carried": "correct from yours",
        "mistake": "known mistake",
        "wrong": "wrong",
        "blank": "left blank",
        "unreadable": "cannot read this",
        "pending": "to be marked",
    },
}
WORDS = {
    "vi": {
        "step": "Bước",
        "answer": "Đọc là",
        "verdict": "Kết quả",
        "marks": "Điểm",
        "feedback": "Nhận xét",
        "total": "Tổng",
        "of": "trên",
        "first": "Bước sai đầu tiên",
    },
    "en": {
        "step": "Step",
        "answer": "Read as",
        "verdict": "Verdict",
        "marks": "Marks",
        "feedback": "Feedback",
        "total": "Total",
        "of": "of",
        "first": "First wrong step",
    },
}

WIDE = 110  # columns from where an audit says by what the answers were proven
SHARES = ("perfect", "rounds_as_they_go", "all_zeros", "all_ones")

BRACED = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"


def text(tex: str) -> str:
    r"""TeX as plain text: \frac{a}{b} is a/b, \hat{y}_{0} is ŷ₀, a matrix is [a, b; c, d]."""
    tex = re.sub(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}", lambda m: matrix(m[1]), tex)
    tex = re.sub(r"\\begin\{cases\}(.*?)\\end\{cases\}", lambda m: cases(m[1]), tex)
    tex = re.sub(r"\\[dt]frac(?![A-Za-z])", r"\\frac", re.sub(r"\\!", "", re.sub(r"\\[,; ]", " ", tex)))
    tex = tex.replace(r"\{", "\0").replace(r"\}", "\1")  # a set's braces are kept, those that group are not
    tex = re.sub(r"\\partial ?", "∂", tex)
    for command, sign in COMMANDS.items():
        tex = re.sub(re.escape(command) + r"(?![A-Za-z])", sign, tex)
    before = None
    while before != tex:
        before = tex
        tex = re.sub(rf"\\frac{BRACED}{BRACED}", lambda m: over(m[1], m[2]), tex)
        tex = re.sub(rf"\\sqrt{BRACED}", r"√(\1)", tex)
        tex = re.sub(rf"\\hat(?:{BRACED}| (\w))", lambda m: (m[1] or m[2]) + "\u0302", tex)
        tex = re.sub(rf"\\(?:math(?:bf|rm|sf|bb|cal)|text|boldsymbol|operatorname){BRACED}", r"\1", tex)
        tex = re.sub(r"_(?:\{([^{}]*)\}|(\w))", lambda m: shifted(m[1] or m[2] or "", LOW, "_"), tex)
        tex = re.sub(r"\^(?:\{([^{}]*)\}|(\w))", lambda m: shifted(m[1] or m[2] or "", HIGH, "^"), tex)
    tex = re.sub(r"\\([^A-Za-z])", r"\1", tex).replace("{", "").replace("}", "").replace("\0", "{").replace("\1", "}")
    return re.sub(r"  +", " ", re.sub(r"([\[({⌊]) +| +([\])}⌋])", r"\1\2", tex)).replace("-", "−").strip()


def matrix(body: str) -> str:
    return "[" + body.strip().replace(r" \\ ", "; ").replace(" & ", ", ") + "]"


def cases(body: str) -> str:
    """Values with their conditions in brackets."""
    rows = [[piece.strip() for piece in row.split("&")] for row in body.split(r"\\")]
    return "[" + "; ".join(f"{value} ({' '.join(condition)})" if condition else value for value, *condition in rows) + "]"


def over(above: str, below: str) -> str:
    def grouped(part: str) -> str:
        simple = r"[\w∂⁰¹²³⁴⁵⁶⁷⁸⁹^*'\\{}. ]*|[\w√]*(?:\[[^\[\]]*\]|\([^()]*\))"
        return part if re.fullmatch(simple, part) and r"\frac" not in part else f"({part})"

    return f"{grouped(above)}/{grouped(below)}"


def shifted(chars: str, table: dict[int, int], sign: str) -> str:
    """Letters below or above the line where Unicode has them, else after _ or ^."""
    if chars == "T" and sign == "^":
        return "ᵀ"
    moved = chars.translate(table)
    if all(ord(c) in table or c in ", " for c in chars):
        return moved
    return sign + (chars if len(chars) == 1 else f"({chars})")


def prose(markdown: str) -> str:
    """Markdown with TeX between dollars as plain text."""
    shown = re.sub(r"\$\$(.+?)\$\$", lambda m: "    " + text(m[1]), markdown, flags=re.DOTALL)
    shown = re.sub(r"\$(.+?)\$", lambda m: text(m[1]), shown, flags=re.DOTALL)
    return re.sub(r"\*\*(.+?)\*\*|`(.+?)`", lambda m: m[1] or m[2], shown)


def said(words: Words, language: str) -> str:
    return prose(words.vi if language == "vi" else words.en)


def print_solution(console: Console, solution: Solution, language: str) -> None:
    """Each step in letters, in numbers, and its value."""
    for step in solution.steps:
        title = said(step.title, language) if step.title else ""
        console.print(f"[bold]{escape(step.name)}[/]  [bright_black]{escape(title)}[/]")
        name = text(step.symbol)
        for line in (f"{name} = {text(step.formula)}", f"{' ' * len(name)} = {text(step.filled)}"):
            console.print(f"    {escape(line)}", soft_wrap=True)
        console.print(f"    {' ' * len(name)} = [bold]{escape(numbers(step.value))}[/]", soft_wrap=True)


def numbers(value: Any) -> str:
    """A number or nested lists, seven figures each."""
    if isinstance(value, list):
        return "[" + ", ".join(numbers(x) for x in value) + "]"
    if value is None:
        return "–"
    return (f"{value:.0f}" if value == round(value) and abs(value) < 1e12 else f"{value:.7g}").replace("-", "−")


def print_grade(console: Console, grade: Grade, language: str) -> None:
    """A marked table."""
    words = WORDS[language]
    verdicts = VERDICTS[language]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("step", "answer", "verdict"):
        table.add_column(words[column])
    table.add_column(words["marks"], justify="right")
    table.add_column(words["feedback"])
    for part in grade.parts:
        colour = COLOURS[part.verdict]
        table.add_row(
            escape(part.name),
            escape(part.read_as or ""),
            f"[{colour}]{SIGNS[part.verdict]} {verdicts[part.verdict]}[/]",
            f"{part.marks:.2f}",
            escape(said(part.feedback, language)) if part.verdict not in ("correct", "blank") else "",
        )
    console.print(table)
    console.print(f"[bold]{words['total']}: {grade.marks:.2f} {words['of']} {grade.max_marks:.2f}[/]")
    if grade.first_wrong:
        console.print(f"{words['first']}: {escape(grade.first_wrong)}")


def print_variant(console: Console, variant: VariantDocument, language: str) -> None:
    """The question as a student reads it."""
    console.print(f"[bold]{escape(said(variant.title, language))}[/]")
    console.print(escape(said(variant.prompt, language)), soft_wrap=True)
    for part in variant.parts:
        if part.label:
            console.print(f"    {escape(part.name):10} {escape(said(part.label, language))}")
        digits = f"{part.places} d.p." if part.places is not None else f"{part.figures} s.f." if part.figures else ""
        if part.choices:
            for choice in part.choices:
                console.print(f"    ({choice.key}) {escape(said(choice.text, language))}")
        elif part.rubric:
            for line in part.rubric:
                console.print(f"    {line.marks:g}  {escape(said(line.text, language))}")
        else:
            console.print(f"    {escape(part.name):10} {escape(text(part.symbol))} = …   [bright_black]{digits}[/]")


def print_questions(console: Console, documents: list[QuestionDocument], language: str) -> None:
    """The bank as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "row", "kind", "", "title"):
        table.add_column(column, no_wrap=column != "title")
    for question in documents:
        row = question.row if isinstance(question.row, str) else ", ".join(question.row or [])
        drawn = ("số thay đổi" if language == "vi" else "drawn") if question.varies else ""
        table.add_row(question.id, row, question.kind, drawn, escape(said(question.title, language)))
    console.print(table)


def print_coverage(console: Console, rows: list[Coverage], language: str) -> None:
    """The catalogue, with the questions that cover each row."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("row", "", "asks", "questions"):
        table.add_column(column, no_wrap=column == "row")
    for row in rows:
        covered = "[bright_black]…[/]" if row.waits else "[red]✗[/]" if row.missing else "[green]✓[/]"
        ids = "; ".join(f"{kind}: {', '.join(found)}" for kind, found in row.questions.items() if found)
        missing = f"[red]no {', '.join(row.missing)}[/] " if row.missing and not row.waits else ""
        table.add_row(row.row, covered, escape(row.asks.vi if language == "vi" else row.asks.en), missing + escape(ids))
    console.print(table)
    due = [row for row in rows if not row.waits]
    console.print(f"{sum(not row.missing for row in due)} of {len(due)} rows covered, {len(rows) - len(due)} wait for later")


def print_audits(console: Console, audits: list[Audit]) -> None:
    """One line a question: acceptance, the simulated students' share of the marks, on a wide terminal the proof; below, every problem."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("question", overflow="fold")
    for column in ("variants", "fair", "perfect", "rounding", "zeros", "ones", "a slip"):
        table.add_column(column, justify="right", no_wrap=True)
    wide = console.width >= WIDE
    if wide:
        table.add_column("proof")
    for audit in audits:
        share = [f"{100 * audit.students[name]:.0f} %" if name in audit.students else "" for name in SHARES]
        table.add_row(
            "[red]✗[/]" if audit.problems else "[green]✓[/]",
            audit.question,
            "" if audit.variants is None else in_short(audit.variants),
            "" if audit.accepted is None else f"{100 * audit.accepted:.0f} %",
            *share,
            "" if audit.slips is None else f"{audit.slips:.2f}",
            *([audit.proof] if wide else []),
        )
    console.print(table)
    for audit in audits:
        for problem in audit.problems:
            console.print(f"[red]{audit.question}[/]: {escape(problem)}", soft_wrap=True)
    wrong = sum(bool(audit.problems) for audit in audits)
    console.print(f"{len(audits)} questions checked, {wrong} with problems")


def in_short(count: int) -> str:
    """How many: digit by digit below a million, else as a power of ten."""
    return f"{count:,}" if count < 1e6 else f"{count:.0e}".replace("e+0", "e")


def print_record(out: Console, found: list[Audited]) -> None:
    """What an audit of the record found: the broken attempts, how many hold, and what no audit can see."""
    broken = [one for one in found if one.problem]
    if broken:
        table = Table("attempt", "events", "receipt", "problem")
        for one in broken:
            table.add_row(one.attempt, str(one.events), one.receipt[:16], Text(one.problem or "", "red"))
        out.print(table)
    deleted = sum(one.deleted for one in found)
    out.print(f"{len(found) - len(broken)} of {len(found)} attempts hold ({sum(one.events for one in found)} events, {deleted} deleted)")
    out.print(
        "A chain that was cut off at its end or written anew is found only by what somebody else holds:\n"
        "receipts (gradus verify-receipt), or an earlier audit (gradus audit --json > FILE, later --against FILE).",
        style="bright_black",
        soft_wrap=True,
    )


def print_proof(out: Console, proof: Proof) -> None:
    """What a receipt proves."""
    out.print(f"[green]✓[/] this receipt is genuine: attempt [bold]{escape(proof.attempt)}[/]", soft_wrap=True)
    if proof.answers is None:
        out.print(f"  deleted {stamp(proof.deleted)}; of its {proof.events} events the last hash is left", soft_wrap=True)
        return
    out.print(f"  handed in {stamp(proof.handed_in)}, after {proof.events - 1} earlier events", soft_wrap=True)
    if proof.unproven:
        out.print(f"  [yellow]the first {proof.unproven} events stand before something withheld and are taken on trust[/]", soft_wrap=True)
    table = Table("question", "part", "handed in")
    for question, parts in proof.answers.items():
        for part, text in parts.items():
            table.add_row(Text(question), Text(part), Text(printable(text)))
    out.print(table)


def stamp(seconds: float | None) -> str:
    """A time in UTC, to the second."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def printable(text: str) -> str:
    """A text without what would steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
