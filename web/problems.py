"""What is wrong with a question, in Vietnamese: the sentences of the question model, the formulas and the audit, told by their shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# Each pattern with what it says; {0}, {1}, … are its groups, as they stand.  A sentence that no pattern knows stays English.
SAID = [
    (r"column (\d+): (.*)", "cột {0} của công thức: {1!}"),
    (r"this field is missing; add it", "thiếu trường này; hãy thêm vào"),
    (r"(.+) is not a field here; remove it or correct its name", "không có trường {0} ở đây; hãy bỏ đi hoặc sửa lại tên"),
    (r"(.+) is neither a given nor a step before this one; there are (.+)", "{0} không phải dữ kiện, cũng không phải bước ở trên; có: {1}"),
    (r"(.+) is computed here or further down; a step may use only what stands before it",
     "{0} được tính ở đây hoặc ở dưới; một bước chỉ dùng được những gì đứng trước nó"),
    (r"(.+) is no name; write letters and the loop's letter, such as (.+)",
     "{0} không phải là tên; hãy viết chữ và chữ của vòng lặp, như {1}"),
    (r"this comes to no finite number, whatever is drawn; correct it", "rút số nào cũng không ra số hữu hạn; hãy sửa công thức"),
    (r"the shapes (.+) do not fit entry by entry; make them agree", "các kích thước {0} không khớp từng phần tử; hãy làm cho khớp"),
    (r"the shapes (.+) and (.+) do not fit in a product @; between numbers write \*",
     "kích thước {0} và {1} không nhân @ được; giữa hai số hãy viết *"),
    (r"there is no entry (.+) among (.+); entries are counted from 0 to (.+)", "không có phần tử {0} trong {1} phần tử; đếm từ 0 đến {2}"),
    (r"a formula has at most (.+) characters; split it into steps", "công thức dài nhất {0} ký tự; hãy tách thành nhiều bước"),
    (r"state how exactly it is marked: 'places' \(decimal places\) or 'figures' \(significant figures\)",
     "hãy nói chấm chính xác đến đâu: 'places' (số chữ số thập phân) hoặc 'figures' (số chữ số có nghĩa)"),
    (r"state 'places' or 'figures', not both", "chỉ ghi 'places' hoặc 'figures', không ghi cả hai"),
    (r"a part of kind '(.+)' needs '(.+)'; add it", "phần loại '{0}' cần có '{1}'; hãy thêm vào"),
    (r"a part of kind '(.+)' asks no step; remove 'ask'", "phần loại '{0}' không hỏi bước nào; hãy bỏ 'ask'"),
    (r"a part without 'ask' needs 'options' and 'key'; .*",
     "phần không có 'ask' thì cần 'options' và 'key'; hãy ghi bước được hỏi, hoặc các lựa chọn và đáp án"),
    (r"'(.+)' belongs to (.+); add 'kind: (.+)', or remove it", "'{0}' thuộc về {1}; hãy thêm 'kind: {2}', hoặc bỏ đi"),
    (r"'(.+)' does not name a step; write a step like z or an entry like h\[0\]",
     "'{0}' không phải tên bước; hãy viết một bước như z hoặc một phần tử như h[0]"),
    (r"'(.+)' is not a step; there are (.+)", "'{0}' không phải là một bước; có: {1}"),
    (r"'(.+)' is not a mistake of (.+); there are (.+)", "'{0}' không phải lỗi sai đã đặt tên của {1}; có: {2}"),
    (r"'(.+)' is not a part; there are (.+)", "'{0}' không phải là một phần; có: {1}"),
    (r"'(.+)' is no verdict; there are (.+)", "'{0}' không phải kết quả chấm; có: {1}"),
    (r"'(.+)' is not a solver; there are (.+)", "'{0}' không phải bộ giải; có: {1}"),
    (r"'(.+)' is not finite with these givens; change them", "'{0}' không hữu hạn với các dữ kiện này; hãy đổi dữ kiện"),
    (r"the (.+)'s hole @(.+) is not a given; there are (.+)", "chỗ trống @{1} trong {0} không phải dữ kiện; có: {2}"),
    (r"the rubric adds up to (.+) marks, the part has (.+); make them agree",
     "thang chấm cộng lại được {0} điểm, phần này có {1}; hãy làm cho bằng nhau"),
    (r"the key '(.+)' is not an option; there are (.+)", "đáp án '{0}' không nằm trong các lựa chọn; có: {1}"),
    (r"a choice needs at least two options", "câu chọn cần ít nhất hai lựa chọn"),
    (r"two parts are named (.+); give each its own 'name'", "hai phần cùng tên {0}; hãy cho mỗi phần một 'name' riêng"),
    (r"'solver' and 'steps' both say how it is computed; remove one", "'solver' và 'steps' cùng nói cách tính; hãy bỏ một cái"),
    (r"'ask' and 'givens' need a computation; name a 'solver', or write 'steps'",
     "'ask' và 'givens' cần có cách tính; hãy ghi 'solver', hoặc viết 'steps'"),
    (r"the grid has more than (.+) values; take a larger step", "lưới có hơn {0} giá trị; hãy lấy bước lớn hơn"),
    (r"(.+) is not on the grid from (.+) in steps of (.+); change 'to' or 'step'",
     "{0} không nằm trên lưới từ {1} với bước {2}; hãy đổi 'to' hoặc 'step'"),
    (r"the grid is empty; .*", "lưới rỗng; hãy để 'from' nhỏ hơn 'to' và chừa lại giá trị ngoài 'without'"),
    (r"nested deeper than (.+) levels; flatten it", "lồng nhau quá {0} tầng; hãy viết phẳng hơn"),
    (r"anchors and aliases are not allowed; write the value out", "không dùng neo (&) và tham chiếu (*) của YAML; hãy viết hẳn giá trị ra"),
    (r"(.*); correct the YAML", "YAML chưa đúng ({0}); hãy sửa lại"),
    (r"Input should be (.+)", "chỗ này cần {0}"),
    (r"state one question with an 'id' of small letters, digits and hyphens, 80 at most",
     "hãy ghi một câu hỏi có 'id' gồm chữ thường, số và gạch nối, dài nhất 80"),
    (r"the source has the id (.+) where (.+) is changed; make them agree", "văn bản ghi id {0}, còn đang sửa là {1}; hãy làm cho khớp"),
    (r"there is a question (.+) already; .*", "đã có câu hỏi {0}; hãy chọn id khác"),
    (r"revision (.+) of (.+) was saved since; .*", "từ lúc đó đã có người lưu lần {0} của {1}"),
    (r"version (.+) of (.+) was published since; .*", "từ lúc đó đã có người công bố bản {0} của {1}"),
    (r"none of (.+) draws of (.+) is fair to mark; the last: (.+)\. Widen the grids of its givens",
     "không lần rút nào trong {0} lần của {1} chấm công bằng được; lần cuối: {2!}. Hãy nới rộng lưới của các dữ kiện"),
    (r"(.+) sits on the kink of a ReLU", "{0} nằm đúng chỗ gãy của ReLU"),
    (r"(.+) is not finite", "{0} không hữu hạn"),
    (r"(.+) rounds to zero", "{0} làm tròn thành 0"),
    (r"(.+) has an entry so small that rounding on the way may turn it into zero",
     "{0} có phần tử nhỏ đến mức làm tròn giữa chừng có thể thành 0"),
    (r"a student who writes 1 everywhere would earn more than one part", "sinh viên viết 1 vào mọi ô sẽ được điểm ở hơn một phần"),
    (r"the mistake (.+) lands on the reference", "lỗi sai {0} cho ra đúng đáp số"),
    (r"(.+) has fewer than (.+) distinct options", "{0} có ít hơn {1} lựa chọn khác nhau"),
    (r"(.+) of classmates share every answer; widen the grids", "{0} số cặp bạn cùng lớp có chung mọi đáp số; hãy nới rộng lưới"),
    (r"only (.+) of draws are fair; narrow the grids to numbers that can be marked",
     "chỉ {0} số lần rút chấm công bằng được; hãy thu lưới lại vào những số chấm được"),
    (r"a student who (.+) loses marks", "sinh viên «{0}» bị mất điểm"),
    (r"the student '(.+)' earns marks", "sinh viên «{0}» được điểm"),
    (r"a student who writes 1 everywhere earns more than one part", "sinh viên viết 1 vào mọi ô được điểm ở hơn một phần"),
    (r"a lost sign in (.+) goes unnoticed", "mất dấu ở {0} mà không bị phát hiện"),
    (r"one slip costs (.+) parts on average", "một lần sai mất trung bình {0} phần"),
    (r"a near miss of (.+) is accepted", "đáp số gần đúng ở {0} vẫn được nhận"),
    (r"the mistake (.+) is never recognised at (.+)", "lỗi sai {0} không bao giờ được nhận ra ở {1}"),
    (r"the mistake (.+) cannot be told apart with seed (.+)", "không phân biệt được lỗi sai {0} ở biến thể {1}"),
    (r"the (.+) in (.+) has an open hole", "{0} ({1}) còn chỗ trống @ chưa điền"),
    (r"the (.+) in (.+) has an unpaired dollar sign", "{0} ({1}) có dấu $ lẻ"),
    (r"two options of (.+) read the same with seed (.+)", "hai lựa chọn của {0} đọc giống nhau ở biến thể {1}"),
    (r"test (\d+): (.+) should be (.+), but is (.+)", "phép thử {0}: {1} phải là {2}, nhưng lại là {3}"),
    (r"test (\d+): (.+)", "phép thử {0}: {1!}"),
]  # fmt: skip
PATTERNS = [(re.compile(pattern, re.DOTALL), said) for pattern, said in SAID]


@lru_cache(maxsize=1024)
def in_vietnamese(sentence: str) -> str:
    """A sentence in Vietnamese, as far as it is known; {n!} in what it says is told in turn."""
    for pattern, said in PATTERNS:
        if found := pattern.fullmatch(sentence):
            return filled(said, found.groups())
    return sentence


def filled(said: str, groups: Sequence[str]) -> str:
    return re.sub(r"\{(\d+)(!?)\}", lambda hole: in_vietnamese(groups[int(hole[1])]) if hole[2] else groups[int(hole[1])], said)
