#!/bin/sh
# Install Debian packages, as root, for tests. Of servers, which tests start by themselves, no service is started, now or
# at the next boot, so that port 80 stays whose it is.
set -eu

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
for package in "$@"; do
    if [ -e "/usr/lib/systemd/system/$package.service" ] || [ -e "/lib/systemd/system/$package.service" ]; then
        systemctl disable --quiet "$package"
    fi
done
