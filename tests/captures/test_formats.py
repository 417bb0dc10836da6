# SPDX-License-Identifier: GPL-2.0-or-later
"""The fields in every form that tshark can print them, and in Lua."""
import json
import os
import xml.etree.ElementTree

import pytest

import programs
import under_test


def flattened(value):
    """All (key, value) pairs of nested JSON objects, as pairs, for keys occur more than once."""
    if isinstance(value, list):
        for each in value:
            if isinstance(each, tuple):
                yield each
                yield from flattened(each[1])
            else:
                yield from flattened(each)


@pytest.fixture(params=[capture for capture in under_test.CAPTURES if capture.frames_labelled("response", "gave-up")][:8],
                ids=lambda capture: capture.name)
def exchange(request):
    return request.param


@pytest.fixture
def wanted(exchange, outputs, fields):
    """{frame: {field: value}} without the expert infos, which have no value."""
    return {frame: {name: value for name, value in values.items() if fields[name] != "FT_NONE"}
            for frame, values in outputs[exchange]["two passes"].items()}


def test_json(exchange, home, fields, wanted):
    output = programs.tshark(home, exchange.path, "-2", "-Y", "keepalive", "-T", "json")
    # Objects as lists of pairs: tshark repeats keys.
    got = {}
    for packet in json.loads(output, object_pairs_hook=list):
        pairs = list(flattened(packet))
        number = next(int(value) for name, value in pairs if name == "frame.number")
        got[number] = {name: programs.parsed(fields[name], value) for name, value in pairs
                       if fields.get(name, "FT_NONE") != "FT_NONE"}
    assert got == wanted


def test_pdml(exchange, home, fields, wanted):
    output = programs.tshark(home, exchange.path, "-2", "-Y", "keepalive", "-T", "pdml")
    got = {}
    for packet in xml.etree.ElementTree.fromstring(output).iter("packet"):
        number = int(packet.find(".//field[@name='frame.number']").get("show"))
        got[number] = {field.get("name"): programs.parsed(fields[field.get("name")], field.get("show"))
                       for field in packet.iter("field") if fields.get(field.get("name"), "FT_NONE") != "FT_NONE"}
    assert got == wanted


def test_elastic_search_lines(exchange, home, fields, wanted):
    output = programs.tshark(home, exchange.path, "-2", "-Y", "keepalive", "-T", "ek")
    got = {}
    for line in output.splitlines():
        layers = json.loads(line).get("layers")
        if layers is None:
            continue
        number = int(layers["frame"]["frame_frame_number"])
        own = {name[len("keepalive_"):].replace("_", ".", 1): value for name, value in layers["keepalive"].items()
               if name.startswith("keepalive_keepalive_")}
        got[number] = {name: programs.parsed(fields[name], str(value)) for name, value in own.items()
                       if fields.get(name, "FT_NONE") != "FT_NONE"}
    assert got == wanted


LUA = """
local names = {%s}
local fields = {}
for _, name in ipairs(names) do fields[name] = Field.new(name) end
local tap = Listener.new("frame", "keepalive")
function tap.packet(pinfo)
    for _, name in ipairs(names) do
        local info = fields[name]()
        if info then print(pinfo.number .. "\\t" .. name .. "\\t" .. tostring(info.value)) end
    end
end
"""


def test_lua_script_reads_the_fields(exchange, home, fields, wanted):
    names = sorted(name for name, kind in fields.items() if kind != "FT_NONE")
    script = os.path.join(home.directory, "fields.lua")
    with open(script, "w", encoding="utf-8") as file:
        file.write(LUA % ", ".join('"%s"' % name for name in names))
    os.chmod(script, 0o644)
    output = programs.tshark(home, exchange.path, "-2", "-q", "-X", "lua_script:" + script)
    got = {}
    for line in output.splitlines():
        number, name, value = line.split("\t")
        got.setdefault(int(number), {})[name] = programs.parsed(fields[name], value.replace("true", "True"))
    assert got == wanted
