"""One number as a student typed it, read exactly: 0,73 · -.5 · 7.3e-1 · 7,3·10⁻¹ · 3/4; or the error that says what could not be read."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

LONGEST = 10_000  # characters of one answer
LONGEST_NUMBER = 100  # characters of one number
MOST_DIGITS = 60  # significant digits of one number
LARGEST_POWER = 300
LARGEST = Fraction(10) ** LARGEST_POWER


class Words(NamedTuple):
    """One sentence in both languages."""

    vi: str
    en: str


class Unreadable(Exception):
    """The text cannot be read: `words` says what was not understood and what to type instead."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(vi, en)


MINUS = dict.fromkeys(map(ord, "−‐‑–﹣－"), "-")
# The Vietnamese VNI keyboard makes é of e1, ê of e6: in a number they are what was typed.
VNI = ("e1", "e2", "e3", "e4", "e5", "e6", "e61", "e62", "e63", "e64", "e65")
LOOKALIKES = (
    MINUS
    | {ord(full): chr(ord(full) - 0xFEE0) for full in "０１２３４５６７８９＋．，；（）［］｛｝／＾＊ｅＥｘ"}
    | dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ")
    | {ord(garbled): typed for garbled, typed in zip("éèẻẽẹêếềểễệ", VNI, strict=True)}
    | {ord("·"): "*", ord("×"): "*", ord("∙"): "*", ord("⋅"): "*", ord("⁄"): "/", ord("∕"): "/"}
)
LETTERS_FOR_DIGITS = str.maketrans("oOlI", "0011")
SUPERSCRIPT = dict(zip(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"), "0123456789+-", strict=True))
RAISED = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)")
DECIMAL = re.compile(r"([+-]?)(?:([0-9]+)(?:[.,]([0-9]*))?|[.,]([0-9]+))", re.ASCII)
POWER = re.compile(r"(?:[eE]|\s*[*xX]\s*10\s*\^\s*)(?:\(([+-]?[0-9]{1,5})\)|([+-]?[0-9]{1,5}))", re.ASCII)
BARE_POWER = re.compile(r"([+-]?)10\s*\^\s*(?:\(([+-]?[0-9]{1,5})\)|([+-]?[0-9]{1,5}))", re.ASCII)
PERCENT = re.compile(DECIMAL.pattern + r" *%", re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
SIGN_GAP = re.compile(r"([+-])\s+(?=[0-9.,])")


def plain(text: str, longest: int = LONGEST) -> str:
    """The text with look-alike signs and full-width digits as ASCII; control characters are refused."""
    if len(text) > min(longest, LONGEST):
        raise Unreadable(
            f"Câu trả lời dài quá {min(longest, LONGEST)} ký tự. Hãy gõ lại cho gọn.",
            f"The answer is longer than {min(longest, LONGEST)} characters. Type it more briefly.",
        )
    text = RAISED.sub(lambda m: "10^" + m[1].translate(SUPERSCRIPT), text.translate(LOOKALIKES))
    for c in text:
        if not c.isprintable() and c not in "\t\r\n":
            raise Unreadable(
                f"Có ký tự không in được (U+{ord(c):04X}). Hãy xóa và gõ lại bằng tay.",
                f"There is an unprintable character (U+{ord(c):04X}). Delete it and type the answer by hand.",
            )
    text = re.sub(r" *(\t) *|  +", lambda m: m[1] or " ", text.strip(" \r\n"))
    return re.sub(r" ?[\r\n][ \r\n]*", "\n", text)


def cut(text: str) -> str:
    """What was typed as a message quotes it."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:40] + "…"


def strange(text: str) -> Unreadable:
    """The error for text that is no number: names the first character that cannot belong to one, and offers a reading."""
    shown = cut(text)
    odd = next((c for c in text if c not in "0123456789+-.,eE*/^() \n"), None)
    if NOT_FINITE.fullmatch(text):
        return Unreadable(
            f"'{shown}' không phải là số hữu hạn. Hãy gõ một số như -0.16 hoặc 1.6e-1.",
            f"'{shown}' is not finite. Type a number like -0.16 or 1.6e-1.",
        )
    if PERCENT.fullmatch(text):
        meant = decimal(number(text.rstrip("% ")).value / 100, None).echo
        return Unreadable(f"'{shown}' là phần trăm. Hãy gõ {meant}.", f"'{shown}' is a percentage. Type {meant}.")
    meant = text.translate(LETTERS_FOR_DIGITS)
    if meant != text and DECIMAL.fullmatch(meant):
        return Unreadable(
            f"Có chữ cái '{odd}' trong '{shown}'. Bạn định gõ {meant}?",
            f"There is a letter '{odd}' in '{shown}'. Did you mean {meant}?",
        )
    if odd and odd != shown:
        return Unreadable(
            f"Không đọc được ký tự '{odd}' trong '{shown}'. Hãy gõ một số như -0.16 hoặc 1.6e-1.",
            f"The character '{odd}' in '{shown}' cannot be read. Type a number like -0.16 or 1.6e-1.",
        )
    return Unreadable(
        f"'{shown}' không phải là một số. Hãy gõ một số như -0.16 hoặc 1.6e-1.",
        f"'{shown}' is not a number. Type one like -0.16 or 1.6e-1.",
    )


class Number(NamedTuple):
    """A number exactly, how many decimal places it was typed with (7.3e-1 with two; None for 1/3 and 10^-6), and its echo."""

    value: Fraction
    decimals: int | None
    echo: str


def number(text: str) -> Number:
    """One number.

    Reads 0,73 · -.5 · 7.3e-1 · 7,3*10^-1 · 10^-6 · 3/4, after `plain`.  Raises Unreadable.
    """
    if len(text) > LONGEST_NUMBER:
        raise Unreadable(
            f"Một số dài quá {LONGEST_NUMBER} ký tự. Hãy làm tròn rồi gõ lại.",
            f"A number is longer than {LONGEST_NUMBER} characters. Round it and type it again.",
        )
    text = SIGN_GAP.sub(r"\1", text.strip())
    if text.count("/") == 1:
        above, _, below = text.partition("/")
        top, bottom = number(above), number(below)
        if bottom.value == 0:
            raise Unreadable(
                f"Mẫu số của '{cut(text)}' bằng 0. Hãy sửa phân số.", f"The denominator of '{cut(text)}' is 0. Correct the fraction."
            )
        ratio = bounded(top.value / bottom.value)
        return Number(ratio, None, exactly(ratio) or f"{top.echo}/{bottom.echo}")
    bare = BARE_POWER.fullmatch(text)
    if bare:
        return decimal((-1 if bare[1] == "-" else 1) * ten_to(bare[2] or bare[3]), None)
    head = DECIMAL.match(text)
    if not head:
        raise strange(text)
    rest = text[head.end() :]
    power = POWER.fullmatch(rest) if rest else None
    if rest and not power:
        if re.match(r"[0-9.,]*[.,]", rest):
            raise Unreadable(
                f"'{text}' có nhiều dấu chấm hoặc phẩy nên đọc được theo hai cách. Hãy chỉ dùng một dấu thập phân, không tách hàng nghìn.",
                f"'{text}' has several points or commas and can be read in two ways. Use one decimal sign and no thousands separators.",
            )
        raise strange(text)
    sign, whole, after, only = head.groups()
    places = after if only is None else only
    value = Fraction(int((whole or "") + (places or "")), 10 ** len(places or ""))
    value = -value if sign == "-" else value
    if len(str(abs(value.numerator)).rstrip("0")) > MOST_DIGITS:
        raise Unreadable(
            f"Một số có quá {MOST_DIGITS} chữ số. Hãy làm tròn rồi gõ lại.",
            f"A number has more than {MOST_DIGITS} digits. Round it and type it again.",
        )
    shift = (power[1] or power[2]) if power else "0"
    return decimal(value * ten_to(shift), len(places or "") - int(shift))


def decimal(value: Fraction, decimals: int | None) -> Number:
    """A number whose decimals end."""
    return Number(bounded(value), decimals, exactly(value) or str(value))


def bounded(value: Fraction) -> Fraction:
    """The value, if a computer's numbers reach that far."""
    if value and not 1 / LARGEST <= abs(value) <= LARGEST:
        raise Unreadable(
            f"Số quá lớn hoặc quá nhỏ; độ lớn phải từ 1e-{LARGEST_POWER} đến 1e{LARGEST_POWER}.",
            f"The number is too large or too small; its size may go from 1e-{LARGEST_POWER} to 1e{LARGEST_POWER}.",
        )
    return value


def ten_to(exponent: str) -> Fraction:
    """A power of ten within reason."""
    if abs(int(exponent)) > LARGEST_POWER:
        raise Unreadable(
            f"Lũy thừa 10^{int(exponent)} quá lớn hoặc quá nhỏ; số mũ phải từ -{LARGEST_POWER} đến {LARGEST_POWER}.",
            f"The power 10^{int(exponent)} is too large or too small; exponents go from -{LARGEST_POWER} to {LARGEST_POWER}.",
        )
    return Fraction(10) ** int(exponent)


def exactly(value: Fraction) -> str | None:
    """A fraction whose decimals end, as text that reads back as the same number: 0.73, or 7.3e-30 far from 1; else None."""
    exponent, scaled = 0, abs(value)
    while scaled.denominator != 1 and exponent > -2 * LARGEST_POWER:
        scaled, exponent = scaled * 10, exponent - 1
    if scaled.denominator != 1:
        return None
    sign, digits = "-" if value < 0 else "", str(scaled.numerator)
    if exponent >= -20 and len(digits) <= 20:
        digits = digits.rjust(1 - exponent, "0")
        return f"{sign}{digits[:exponent]}.{digits[exponent:]}" if exponent else sign + digits
    stripped = digits.rstrip("0")
    mantissa = stripped[0] + ("." + stripped[1:] if len(stripped) > 1 else "")
    return f"{sign}{mantissa}e{exponent + len(digits) - 1}"
