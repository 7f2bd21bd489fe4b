"""SIGINT and SIGTERM: what is finished stays, the manifest says so, and running again goes on from there."""

import os
import signal

import pytest
from engine_studio import Ended, Going, Shell, processes_in, wait_until
from probe_plugin import is_whole

from motionloom.core.engine.signals import Interrupts

HEAD = "inputs: {clip: {type: path}}\n"
SLOW = """
    clip: {node: probe.read, path: "${clip}"}
    wait: {node: probe.end, a: clip, how: wait, when: 3}
    file: {node: probe.save_slowly, a: wait, path: "${item}.bin", kib: 20, seconds: 0.01}
"""
EACH = ("--each", "clip=clips/*.txt", "--device", "cpu", "--log", "json")


def begin(shell: Shell, *options: str) -> Going:
    """A batch of four that waits for ever in its third item."""
    shell.clips(a=1, b=2, c=3, d=4)
    shell.graph(SLOW, HEAD)
    going = shell.start("run", "graph.yaml", *EACH, *options)
    wait_until(lambda: shell.calls("end 3") != [])
    return going


def check_interrupted(shell: Shell, ended: Ended) -> None:
    assert ended.code == 130
    sentence = "interrupted with 2 of 4 items done; run the same command again to go on"
    assert ended.last_line == f"motionloom: {sentence}"
    assert ended.events[-1]["status"] == "interrupted"
    manifest = shell.manifest()
    assert (manifest["status"], manifest["exit_code"]) == ("interrupted", 130)
    assert [item["status"] for item in manifest["items"]] == ["done", "done", "interrupted", "interrupted"]
    assert shell.written() == ["a.bin", "b.bin"]
    assert list(shell.path.glob(".out*")) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_is_done_and_goes_on_when_run_again(shell: Shell, sent: signal.Signals) -> None:
    going = begin(shell)
    os.kill(going.pid, sent)
    check_interrupted(shell, going.wait())
    shell.forget_calls()
    assert shell.command("run", "graph.yaml", *EACH, PROBE_WAIT="0").code == 0
    assert shell.calls("save_slowly") == ["save_slowly c.bin", "save_slowly d.bin"]
    assert all(is_whole(shell.out(name)) for name in shell.written())


def test_several_signals_at_once_are_one_interrupt(shell: Shell) -> None:
    going = begin(shell)
    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        os.kill(going.pid, sent)
    check_interrupted(shell, going.wait())


def test_an_interrupt_ends_the_workers_too(shell: Shell) -> None:
    going = begin(shell, "--jobs", "2")
    wait_until(lambda: [event["event"] for event in events(going)].count("item.finished") == 3)
    os.kill(going.pid, signal.SIGTERM)
    ended = going.wait()
    assert ended.code == 130
    assert ended.last_line == "motionloom: interrupted with 3 of 4 items done; run the same command again to go on"
    statuses = {item["name"]: item["status"] for item in shell.manifest()["items"]}
    assert statuses == {"a": "done", "b": "done", "c": "interrupted", "d": "done"}
    assert list(shell.path.glob(".out*")) == []
    assert processes_in(shell.path) == []


def events(going: Going) -> list[dict[str, object]]:
    return Ended(0, going.out.read_text().rpartition("\n")[0], "").events


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_before_anything_runs_is_one_sentence_too(shell: Shell, sent: signal.Signals) -> None:
    """While the plan is made: the node takes a minute to say what it reads."""
    shell.graph('a: {node: probe.wait_for, path: "clip.txt"}')
    going = shell.start("run", "graph.yaml")
    wait_until(lambda: shell.calls("waiting") != [])
    os.kill(going.pid, sent)
    ended = going.wait()
    assert (ended.code, ended.stderr) == (130, "motionloom: interrupted\n")
    assert not shell.out("").exists()


def test_only_the_first_signal_is_raised_and_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.raise_if_heard()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_signal_while_a_run_is_wound_up_does_not_cut_that_short() -> None:
    with Interrupts() as interrupts:
        interrupts.winding_up = True
        signal.raise_signal(signal.SIGTERM)
        assert interrupts.heard


def test_a_node_that_swallows_the_interrupt_does_not_swallow_the_end_of_the_run(shell: Shell) -> None:
    shell.clips(a=1, b=2)
    shell.graph(
        'clip: {node: probe.read, path: "${clip}"}\nb: {node: probe.stubborn, a: clip}\n'
        'c: {node: probe.save, a: b, path: "${item}.txt"}',
        HEAD,
    )
    going = shell.start("run", "graph.yaml", *EACH)
    wait_until(lambda: shell.calls("stubborn") != [])
    os.kill(going.pid, signal.SIGINT)
    ended = going.wait()
    assert ended.code == 130
    assert ended.last_line.startswith("motionloom: interrupted with 1 of 2 items done")
    assert shell.written() == ["a.txt"]
