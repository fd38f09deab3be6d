#!/bin/sh
# Builds @ID@.so beside this file, then runs test.sh.
set -eu
cd "$(dirname "$0")"
flags=$(pkg-config --cflags tamis-plugin 2>/dev/null || echo "-I@INCLUDE@")
# shellcheck disable=SC2086 # flags are words
${CC:-cc} -std=c11 -Wall -Wextra -O2 -shared -fPIC -fvisibility=hidden $flags -o @ID@.so @ID@.c
sh test.sh
