// SPDX-License-Identifier: GPL-2.0-or-later
// Tests of the engine are scripts of packets, one segment a line, with the expected verdict on the same line:
//
//     2.050  A  .   0   ack 1   win 500   > probe number=1 idle=2.048 in=answer
//
// time in seconds, sender A or B, flags as tcpdump writes them (S F R P and . for ACK), sequence number, payload octets
// in brackets if there are any, as in 1(5). Then, in any order: ack N, win N (64 unless told), ts VAL/ECR, id N (IP
// identification), ttl N, octet N, sack L-R, mark keepalive or mark ack (what tcp.analysis says). Lines count as frames
// from 1; blank lines and lines that begin with # do not count. A line that others refer to begins with a label and a
// colon: "answer:  2.051  B  .  1  ack 1".
//
// Behind ">": what is known once all segments were seen. First the verdict: probe, response, peer-reset, gave-up,
// waking (the first segment after a quiet, and nothing else), nothing, undecided, or a mistake (zero-window-probe,
// retransmission, late-ack, copy, ack-of-other, handshake, unexplained). Then, as needed, number= idle-probes= run=
// keepidle= keepintvl= keepcnt= octet= as whole numbers, in= to= last= previous= proof= as labels (0: no such frame), by= as
// the evidence is called (plugin/engine/names.h) with - for spaces and in small letters, idle= silence= interval= quiet=
// response-time= in seconds, and the words unanswered answered-late inferred missed duplicate ttl-differs settings-differ
// lost. A word or number that is not told is not compared, but for unanswered, answered-late, inferred, duplicate,
// settings-differ and, where quiets are named, lost, which must be told. now=VERDICT is what was known when the segment was
// seen, if that differs. Without ">" the segment must have nothing to show.
#ifndef KEEPALIVE_TESTS_SCRIPT_H
#define KEEPALIVE_TESTS_SCRIPT_H

#include <string>

#include "engine/quiet.h"

namespace keepalive::test {

// Runs a script. Returns what differs, a line for each, with the frame number and both values, and behind it the first
// contradiction between the records (engine/invariants.h); empty if there is neither.
std::string differences(const std::string& script, Nanoseconds quiet_from = kNoQuietFrom);

}  // namespace keepalive::test

#define EXPECT_STORY(script) EXPECT_EQ(keepalive::test::differences(script), "")
// With quiets of at least so many seconds named.
#define EXPECT_STORY_WITH_QUIETS(seconds, script) \
    EXPECT_EQ(keepalive::test::differences(script, (seconds)*keepalive::kSecond), "")

#endif
