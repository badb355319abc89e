"""IDX files, as MNIST and Fashion-MNIST come in: the header's fields, where a pixel stands, and how long the file is."""

from __future__ import annotations

import numpy as np

from solvers.solver import Mistake, real, solver

MANY = real(low=1, high=10_000_000, whole=True)
SIDE = real(low=1, high=10_000, whole=True)
PLACE = real(low=0, high=10_000_000, whole=True)
UNSIGNED_BYTE = 8  # the type code of an IDX file of bytes, 0x08
FIELD = 4  # bytes of a header field

SYMBOLS = {
    "n": "n",
    "rows": r"n_{\text{row}}",
    "cols": r"n_{\text{col}}",
    "magic": "M",
    "header": "H",
    "each": "A",
    "size": "S",
    "offset": "P",
}
WORDS = {
    "magic": ("magic number", "magic number"),
    "header": ("số byte của header", "bytes of the header"),
    "each": ("số byte của một ảnh", "bytes of an image"),
    "size": ("số byte của cả file", "bytes of the file"),
    "offset": ("vị trí byte", "byte offset"),
}
HEADER = {
    "header_forgotten": Mistake(
        vi=("quên header", "Dữ liệu chỉ bắt đầu sau header: cộng thêm số byte của header."),
        en=("header forgotten", "The data start after the header only: add the header's bytes."),
    ),
    "magic_not_counted": Mistake(
        vi=("không tính magic number vào header", "Magic number cũng là 4 byte của header: cộng thêm 4."),
        en=("magic number not counted", "The magic number is 4 bytes of the header too: add 4."),
    ),
    "magic_of_the_other": Mistake(
        vi=("nhầm số chiều trong magic number", "Byte cuối của magic number là số chiều: 3 với ảnh, 1 với nhãn."),
        en=("number of axes in the magic number", "The last byte of the magic number is the number of axes: 3 for images, 1 for labels."),
    ),
    "bits": Mistake(
        vi=("tính theo bit", "Mỗi giá trị uint8 chiếm một byte: đếm byte, đừng nhân 8."),
        en=("bits, not bytes", "Each uint8 value takes one byte: count bytes, do not multiply by 8."),
    ),
}


@solver(
    givens={"n": MANY, "rows": SIDE, "cols": SIDE, "k": PLACE, "i": PLACE, "j": PLACE},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=HEADER
    | {
        "float_pixels": Mistake(
            vi=("coi mỗi điểm ảnh là float32", "Trong file mỗi điểm ảnh là một uint8, chiếm 1 byte, không phải 4."),
            en=("pixels taken as float32", "In the file a pixel is a uint8 of 1 byte, not of 4."),
        ),
        "columns_first": Mistake(
            vi=("xếp theo cột", "Ảnh được ghi lần lượt từng hàng: vị trí trong ảnh là $i \\cdot n_{\\text{col}} + j$."),
            en=("column by column", "An image is written row by row: the place within it is $i \\cdot n_{\\text{col}} + j$."),
        ),
        "counted_from_one": Mistake(
            vi=("đếm ảnh từ 1", "Ảnh, hàng và cột đều đếm từ 0: trước ảnh số $k$ có đúng $k$ ảnh."),
            en=("images counted from 1", "Images, rows and columns count from 0: exactly $k$ images stand before image $k$."),
        ),
    },
)
def idx_images(sheet, *, n, rows, cols, k, i, j):
    """An IDX file of n images of bytes: magic 0x00000803, n, rows, columns as 32-bit integers, then the pixels row by row.

    All scalars (…), whole; k, i, j count from 0.  Steps magic, header, each, size, and offset of pixel (i, j) of image k (…).
    Convention: most significant byte first, one byte a pixel.  Source: computer vision journey, §5.1.2, figure 33.
    """
    magic, header = 256 * UNSIGNED_BYTE + 3, FIELD * (1 + 3)
    sheet.step("magic", r"8 \cdot 256 + 3", np.full_like(n, magic), magic_of_the_other=np.full_like(n, magic - 2))
    header = sheet.step("header", r"4 \cdot (1 + 3)", np.full_like(n, header), magic_not_counted=np.full_like(n, header - FIELD))
    each = sheet.step("each", r"@rows \cdot @cols", rows * cols, float_pixels=4 * rows * cols, bits=8 * rows * cols)
    sheet.step("size", r"@header + @n \cdot @each", header + n * each, header_forgotten=n * each)
    sheet.step(
        "offset",
        r"@header + @k \cdot @each + @i \cdot @cols + @j",
        header + k * each + i * cols + j,
        header_forgotten=k * each + i * cols + j,
        columns_first=header + k * each + j * rows + i,
        counted_from_one=header + (k - 1) * each + i * cols + j,
    )


@solver(
    givens={"n": MANY, "k": PLACE},
    symbols=SYMBOLS,
    words=WORDS,
    mistakes=HEADER
    | {
        "header_of_images": Mistake(
            vi=("lấy header của file ảnh", "File nhãn chỉ có hai trường, magic number và số nhãn: $4 \\cdot 2 = 8$ byte."),
            en=("header of an image file", "A label file has two fields only, magic number and number of labels: $4 \\cdot 2 = 8$ bytes."),
        ),
        "counted_from_one": Mistake(
            vi=("đếm nhãn từ 1", "Nhãn đếm từ 0: trước nhãn số $k$ có đúng $k$ nhãn."),
            en=("labels counted from 1", "Labels count from 0: exactly $k$ of them stand before label $k$."),
        ),
    },
)
def idx_labels(sheet, *, n, k):
    """An IDX file of n labels: magic 0x00000801 and n as 32-bit integers, then an unsigned byte a label.

    All scalars (…), whole; k counts from 0.  Steps magic, header, size, and offset of label k (…).
    Convention: most significant byte first; labels are bytes, not text.  Source: computer vision journey, §5.1.2, figure 33.
    """
    magic, header = 256 * UNSIGNED_BYTE + 1, FIELD * (1 + 1)
    sheet.step("magic", r"8 \cdot 256 + 1", np.full_like(n, magic), magic_of_the_other=np.full_like(n, magic + 2))
    header = sheet.step(
        "header",
        r"4 \cdot (1 + 1)",
        np.full_like(n, header),
        magic_not_counted=np.full_like(n, header - FIELD),
        header_of_images=np.full_like(n, 2 * header),
    )
    sheet.step("size", r"@header + @n", header + n, header_forgotten=n, bits=header + 8 * n)
    sheet.step("offset", r"@header + @k", header + k, header_forgotten=k, counted_from_one=header + k - 1)
