#!/bin/sh
# Install Debian packages of servers, as root, for tests that start them by themselves: no service of theirs is started,
# now or at the next boot, so that port 80 stays whose it is.
set -eu

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
if command -v systemctl >/dev/null; then
    systemctl disable --quiet "$@"
fi
