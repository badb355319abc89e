"""Whatever can be wrong with a question is said in Vietnamese: every sentence of the code that authors may read, and pydantic's."""

import ast
import re
from pathlib import Path

import pytest

from exam.authoring import check
from questions.bank import get
from questions.model import Question
from tests.rewritten import rewritten
from web.problems import SAID, in_vietnamese

ROOT = Path(__file__).parents[2]
READ = (
    *(f"questions/{name}.py" for name in ("bank", "draws", "expressions", "formulas", "model", "operations", "options", "variant")),
    *(f"questions/experiments/{name}.py" for name in ("evidence", "fairness")),
    *(f"exam/{name}.py" for name in ("audit", "authoring", "drafts", "trials")),
    "solvers/solver.py",
)
TOLD = {"error", "refused", "append", "located", "Refused", "BadReference", "UnknownExperiment", "Verdict", "shipped"}
NAMED = {"why", "said", "hint", "inside", "along", "told", "message"}
SPEAKING = {"stray", "letter", "gaps", "enough", "proposed", "allowed", "unknown", "shipped"}
VIETNAMESE = re.compile("[àáạảãâầấậẩẫăằắặẳẵèéẹẻẽêềếệểễìíịỉĩòóọỏõôồốộổỗơờớợởỡùúụủũưừứựửữỳýỵỷỹđ]", re.IGNORECASE)
NOT_FOR_AUTHORS = {
    "Only teachers may write questions; ask one.",
    "Chỉ giảng viên được soạn câu hỏi.",
    "GET /api/v1/questions or `gradus questions` lists them",
}
WORD = re.compile(r"\b[a-z]{2,}\b")
# A name, a language, a number, an example: what may stay as it is.
ENGLISH = re.compile(r"\b(the|is|are|and|not|must|should|with|where|there|this|that|has|have|write|give|make|needs?|ask)\b")


def sample(node):
    """A sentence as the code may put it together, with something in each hole; None where it is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    pieces = []
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            pieces.append(piece.value)
            continue
        call = piece.value.func.id if isinstance(piece.value, ast.Call) and isinstance(piece.value.func, ast.Name) else ""
        plural = isinstance(piece.value, ast.BinOp) and isinstance(piece.value.op, ast.Mult)
        pieces.append("'x1'" if call == "quoted" or piece.conversion == 114 else "" if plural else "7" if piece.format_spec else "x1")
    return "".join(pieces)


def strings(node):
    """The sentences inside an expression, not those inside another's holes."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    elif not isinstance(node, ast.Lambda):
        for child in ast.iter_child_nodes(node):
            yield from strings(child)


def expressions(tree):
    """Where a module says something to an author."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield node.exc
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in TOLD:
                yield node
        elif isinstance(node, ast.Yield) and node.value is not None:
            yield node.value
        elif isinstance(node, ast.Assign):
            yield from [node.value] * any(isinstance(target, ast.Name) and target.id in NAMED for target in node.targets)
        elif isinstance(node, ast.FunctionDef) and node.name in SPEAKING:
            yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None)


def sentences(path):
    for expression in expressions(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        for node in strings(expression):
            said = sample(node)
            if said and len(WORD.findall(said)) > 2 and said not in NOT_FOR_AUTHORS:
                yield said


def in_words(told):
    """Whether a sentence is Vietnamese, and all of it, but for what stands in quotes."""
    return VIETNAMESE.search(told) and not ENGLISH.search(re.sub(r"'[^']*'", "", told))


@pytest.mark.parametrize("path", READ)
def test_every_sentence_that_the_code_says_to_an_author_is_said_in_vietnamese(path):
    found = sorted(set(sentences(path)))
    assert found, "the search finds nothing here"
    silent = [said for said in found if not in_words(in_vietnamese(said))]
    assert silent == [], f"{path}: web/problems.py has no Vietnamese for these"


def test_the_search_finds_what_it_should():
    """A sentence of each way in which the code speaks."""
    found = {said for path in READ for said in sentences(path)}
    for one in (
        "this comes to no finite number, whatever is drawn; correct it", "a choice needs at least two options",
        "x1 sits on the kink of a ReLU",
        "a formula has no attributes; call a function, such as sum(x)", "a lost sign in x1 goes unnoticed", "did you mean x1?",
        "'x1' is empty; give at least one number", "anchors and aliases are not allowed; write the value out",
    ):  # fmt: skip
        assert one in found
    assert len(found) > 110


def kinds(schema, found):
    """The types of pydantic's core schema that occur in a model."""
    if isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            found.add(schema["type"])
            found.update(f"{schema['type']}:{name}" for name in schema)
        for value in schema.values():
            kinds(value, found)
    elif isinstance(schema, (list, tuple)):
        for value in schema:
            kinds(value, found)
    return found


FIELDS = {
    "class_name": "Words", "gt": 3, "ge": 3, "lt": 3, "le": 3, "multiple_of": 3, "min_length": 3, "max_length": 3, "actual_length": 3,
    "field_type": "List", "pattern": "^[a-z]$", "expected": "'a', 'b' or 'c'", "tag": "x", "discriminator": "kind()",
    "expected_tags": "'a', 'b'",
    "expected_plural": "s",
}  # fmt: skip
# What pydantic can find wrong with data as a question's model has it.
THEIRS = (
    "missing", "extra_forbidden", "model_type", "greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number",
    "too_short", "too_long", "string_type", "string_unicode", "string_too_short", "string_too_long", "string_pattern_mismatch", "dict_type",
    "list_type", "tuple_type", "bool_type", "bool_parsing", "int_type", "int_parsing", "int_parsing_size", "int_from_float", "float_type",
    "float_parsing", "literal_error", "decimal_type", "decimal_parsing", "union_tag_invalid",
    "union_tag_not_found", "none_required", "multiple_of",
)  # fmt: skip
KNOWN = {
    "default", "definitions", "definition-ref", "dict", "float", "int", "bool", "str", "list", "literal", "model", "model-field",
    "model-fields", "nullable", "tagged-union", "union", "any", "none", "function-after", "function-before", "with-info", "no-info",
    "json", "decimal", "computed-field", "function-wrap", "function-plain", "tuple",
}  # fmt: skip


def test_what_pydantic_finds_wrong_is_said_in_vietnamese():
    from pydantic_core._pydantic_core import list_all_errors

    templates = {one["type"]: one["message_template_python"] for one in list_all_errors()}
    for type in THEIRS:
        told = templates[type].format_map(FIELDS)
        if type not in ("missing", "extra_forbidden"):  # the bank says these in its own words
            assert in_words(in_vietnamese(told)), told


def test_a_question_has_no_kind_of_field_that_pydantic_would_refuse_in_other_words():
    """A field of another kind brings other errors: add them to THEIRS, with their Vietnamese."""
    found = {kind for kind in kinds(Question.__pydantic_core_schema__, set()) if ":" not in kind}
    assert found <= KNOWN, sorted(found - KNOWN)


def test_what_is_nested_in_a_sentence_is_told_in_turn():
    said = {
        "column 9: '(' is missing before the end; add it": "cột 9 của công thức: thiếu '(' trước chỗ kết thúc; hãy thêm vào",
        "column 1: 'sum2' is not a function; did you mean sum?": "cột 1 của công thức: 'sum2' không phải là hàm; có phải ý bạn là sum?",
        "'x' holds -1; allowed are whole numbers from 0 up to 9": "'x' chứa -1; chỉ nhận số từ 0, tối đa 9 (nguyên)",
        "'q' is not a step; there are a, b and 4 more": "'q' không phải là một bước; có: a, b và 4 tên nữa",
        "sum takes 1 or 2 arguments, not 3; an axis is named: axis=0": "sum nhận 1 hoặc 2 đối số, không phải 3; trục thì ghi tên: axis=0",
        "mapping values are not allowed here; correct the YAML":
            "YAML chưa đúng (dấu hai chấm không được ở đây; thử đặt văn bản trong ngoặc kép, hoặc xem lại thụt dòng); hãy sửa lại",
    }  # fmt: skip
    for english, vietnamese in said.items():
        assert in_vietnamese(english) == vietnamese


@pytest.mark.parametrize("id", [7, 1.5, True, None, [], [1], {}, {"a": 1}, "", "\ud800", "x" * 900])
def test_an_id_that_is_none_is_told_and_breaks_nothing(id):
    found = check(rewritten("adam").model_dump(mode="json", by_alias=True, exclude_unset=True) | {"id": id})
    assert found.problems
    assert all(in_words(in_vietnamese(problem.told)) for problem in found.problems)


@pytest.mark.parametrize("printed", ["nan", "inf", "-Infinity", "sNaN", "1, nan"])
def test_an_option_that_prints_no_finite_number_is_told(printed):
    document = get("aio2024-cau-01").model_dump(mode="json", by_alias=True, exclude_unset=True)
    document["parts"][0]["options"]["a"] = printed
    (problem,) = check(document).problems
    assert "is no number" in problem.told
    assert "không phải số" in in_vietnamese(problem.told)


def test_every_pattern_fills_its_holes():
    for pattern, said in SAID:
        groups = re.compile(pattern).groups
        assert all(int(hole) < groups for hole in re.findall(r"\{(\d+)[!*|]?\}", said)), pattern
