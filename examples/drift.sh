#!/bin/sh
# Says nothing while the account is as the documents say. Otherwise prints what differs, or why nobody knows, and ends
# with the status of lazion: 10 where something differs. cron mails whatever is printed.
#
#   drift.sh [OPTION...] DOCUMENT...
plan=$(lazion plan --exit-code "$@" 2>&1)
status=$?
[ "$status" -eq 0 ] || printf '%s\n' "$plan"
exit "$status"
