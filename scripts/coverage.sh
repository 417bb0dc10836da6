#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# scripts/coverage.sh: which lines of the engine its tests and fuzzers do not reach. Takes some minutes.
set -uo pipefail
. "$(dirname "$(realpath "$0")")/setup.sh"

install_packages build test fuzz
export CXX=clang++
build "$tree/build/coverage" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_INTERPROCEDURAL_OPTIMIZATION_DEBUG=OFF -DKEEPALIVE_TESTS=ON -DKEEPALIVE_FUZZ=ON \
    "-DCMAKE_CXX_FLAGS=-fprofile-instr-generate -fcoverage-mapping"
cd "$tree/build/coverage/tests" || exit 1
rm -f ./*.profraw
/usr/bin/python3 "$tree/tests/fuzz/make_corpus.py" corpus
export LLVM_PROFILE_FILE=$PWD/%p.profraw
{
    engine/engine-tests &&
        fuzz/check-stories 1 5000 &&
        fuzz/fuzz-connection corpus -seed=1 -runs=50000 -max_len=600
} > coverage.log 2>&1 || stop "build/coverage/tests/coverage.log says what failed"
# The tools have the version in their names where the package clang has it too.
llvm=$(dirname "$(realpath "$(command -v clang++)")")
"$llvm/llvm-profdata" merge -o all.profdata ./*.profraw
"$llvm/llvm-cov" report engine/engine-tests -object fuzz/check-stories -object fuzz/fuzz-connection \
    -instr-profile=all.profdata "$tree/plugin/engine"
echo
echo "Lines not reached:"
"$llvm/llvm-cov" export -format=lcov engine/engine-tests -object fuzz/check-stories -object fuzz/fuzz-connection \
    -instr-profile=all.profdata "$tree/plugin/engine" |
    awk -F '[:,]' -v tree="$tree/" '/^SF:/ { file = substr($2, length(tree) + 1) } /^DA:/ && $3 == 0 { print file ":" $2 }'
