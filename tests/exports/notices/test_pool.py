from dataclasses import replace

import pytest

from exports.notices.pool import RenderPool
from exports.notices.render import render
from exports.notices.samples import sample_content


@pytest.fixture(scope="module")
def pool(home):
    with RenderPool(home) as pool:
        yield pool


def test_a_worker_renders_what_this_process_would(pool, faces, confirmation):
    assert pool.render([confirmation]).pdf == render([confirmation], faces).pdf


def test_batches_come_back_in_order(pool, text_of):
    contents = [sample_content("acceptance", number=f"凤虚〔2026〕{number}号") for number in range(1, 13)]
    batches = list(pool.render_many(iter(contents), batch=5))
    assert [len(batch.pages) for batch in batches] == [5, 5, 2]
    text = "".join(text_of(batch.pdf) for batch in batches)
    assert [text.index(content.number) for content in contents] == sorted(
        text.index(content.number) for content in contents
    )


def test_a_worker_that_dies_is_replaced_and_the_batch_still_made(home, confirmation):
    with RenderPool(home, processes=1) as pool:
        pool.render([confirmation])
        (worker,) = pool._all
        worker.process.kill()
        worker.process.wait()
        assert pool.render([confirmation, confirmation]).failures == {}


def test_what_takes_too_long_is_stopped_and_named(home, confirmation):
    slow = replace(confirmation, values=confirmation.values | {"duties": "字，" * 600_000})
    with RenderPool(home, processes=1, seconds=1.5) as pool:
        pool.render([confirmation])
        rendered = pool.render([confirmation, slow])
    assert list(rendered.failures) == [1]
    assert rendered.pages[0]


def test_what_needs_too_much_memory_ends_its_own_process_only(home, confirmation):
    with RenderPool(home, processes=1, memory=400_000_000) as pool:
        huge = replace(confirmation, values=confirmation.values | {"duties": "字，" * 1_000_000})
        rendered = pool.render([confirmation, huge])
    assert list(rendered.failures) == [1]
    assert rendered.pages[0]


def test_leaving_the_pool_ends_its_processes(home, confirmation):
    with RenderPool(home) as pool:
        pool.render([confirmation])
        (worker,) = pool._all
    assert worker.process.poll() is not None
