"""Every benchmark with its size and its budget."""

from tests.bench import Bench, cohort, draw_variant, grade_request, mark_adam_table
from tests.bench.authoring import formula_overhead, preview, twenty_variants
from tests.bench.sitting import sat, started
from tests.bench.training import epoch, two_at_once

BENCHES = {
    "mark_adam_table_ms": Bench(mark_adam_table, 300, 1.5),
    "draw_variant_ms": Bench(draw_variant, 300, 2.0),
    "cohort_us_each": Bench(cohort, 10_000, 15.0),
    "grade_request_cpu_ms": Bench(grade_request, 200, 3.0),
    "save_cpu_ms": Bench(sat("save_cpu_ms"), 200, 1.5),
    "page_cpu_ms": Bench(sat("page_cpu_ms"), 200, 4.0),
    "page_html_kb": Bench(sat("page_html_kb"), 200, 30.0),
    "picture_cpu_ms": Bench(sat("picture_cpu_ms"), 200, 15.0),
    "picture_kb": Bench(sat("picture_kb"), 200, 30.0),
    "submit10_cpu_ms": Bench(sat("submit10_cpu_ms"), 200, 15.0),
    "preview_cpu_ms": Bench(preview, 5, 50.0),
    "twenty_variants_cpu_ms": Bench(twenty_variants, 3, 200.0),
    "formula_overhead": Bench(formula_overhead, 200, 3.0),
    "cold_start_s": Bench(started("cold_start_s"), 1, 2.0),
    "worker_rss_mb": Bench(started("worker_rss_mb"), 1, 120.0),
    "epoch_cpu_s": Bench(epoch, 60_000, 3.0),
    "two_at_once_x": Bench(two_at_once, 60_000, 2 / 1.8),
}

# What `./dev bench NAME` measures.
GROUPS = {
    "marking": ("mark_adam_table_ms", "draw_variant_ms", "cohort_us_each", "grade_request_cpu_ms"),
    "authoring": ("preview_cpu_ms", "twenty_variants_cpu_ms", "formula_overhead"),
    "sitting": ("save_cpu_ms", "page_cpu_ms", "page_html_kb", "picture_cpu_ms", "picture_kb", "submit10_cpu_ms"),
    "starting": ("cold_start_s", "worker_rss_mb"),
    "training": ("epoch_cpu_s", "two_at_once_x"),
}
