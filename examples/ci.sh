#!/bin/sh
# Shows what documents would change; with APPLY=yes carries it out, and fails if anything is left to do afterwards.
#
#   ci.sh DOCUMENT...
set -eu
if [ "${APPLY:-no}" = yes ]; then
  lazion apply --yes "$@"
  lazion plan --exit-code "$@"
else
  lazion plan "$@"
fi
