#!/bin/bash
# install.sh BUILD [DESTDIR]: puts the programs, static files, schema, nginx configuration and systemd units in place. Touches no data.
set -euo pipefail
umask 022 # other users run and read this, whatever root's own files are like
cd "$(dirname "$0")/../.."
build=$1 dest=${2:-}
prefix=/usr/local
bin="$dest$prefix/lib/tallystick" share="$dest$prefix/share/tallystick" units="$dest/etc/systemd/system"
install -d "$bin" "$share/static" "$share/schema/registry" "$share/schema/people" "$dest$prefix/bin" "$dest/etc/tallystick" "$units"
install -m 755 "$build"/{public,signin,account,admin,api,ledger,courier,tally} "$bin/"
ln -sf "$prefix/lib/tallystick/tally" "$dest$prefix/bin/tally"
# Files under names that tell their content stay when others come: pages made before the upgrade name them.
cp -R "$build"/static/. "$share/static/"
chmod -R u=rwX,go=rX "$share/static"
install -m 644 schema/registry/*.sql "$share/schema/registry/"
install -m 644 schema/people/*.sql "$share/schema/people/"

# A whole nginx.conf, run as its own nginx; a TLS front in front of it sets HTTPS (README, "Operate").
# nginx is root: what it writes itself is in a folder of its own, where none of our programs can put a link in its way.
sed -e "s|@HEAD@|user www-data;|" -e "s,@RUN@/\(nginx.pid\|tmp-\),/run/tallystick-nginx/\1," -e "s|@RUN@|/run/tallystick|g" -e "s|@STATIC@|$prefix/share/tallystick/static|g" \
    -e "s|@LISTEN@|127.0.0.1:8080|g" -e "s|@SERVER_NAMES@|127.0.0.1 localhost|" -e "s|@ACCESS_LOG@|/var/log/tallystick/access.log plain|" \
    -e "s|@RATE_SIGN_IN@|2r/s|" -e "s|@RATE_FORMS@|10r/s|" -e "s|@RATE_PAGES@|50r/s|" -e "s|@BURST@|100|g" -e "s|@BURST_SIGN_IN@|10|g" -e "s|@RATE_API@|50r/s|" \
    cgi-bin/nginx.conf.in >"$dest/etc/tallystick/nginx.conf.new"
# What the operator has written into it stays.
if [ ! -f "$dest/etc/tallystick/nginx.conf" ]; then
    mv "$dest/etc/tallystick/nginx.conf.new" "$dest/etc/tallystick/nginx.conf"
else
    echo "/etc/tallystick/nginx.conf stays as it is; compare it with nginx.conf.new beside it."
fi
# Its log holds addresses of people. Debian's rotation of /var/log/nginx/*.log tells Debian's own nginx alone: ours would go on writing
# into the file that was put away. It is told here by the name of its unit.
install -d "$dest/var/log/tallystick" "$dest/etc/logrotate.d"
[ -f "$dest/var/log/tallystick/access.log" ] || install -m 640 /dev/null "$dest/var/log/tallystick/access.log"
[ -f "$dest/etc/logrotate.d/tallystick" ] || cat >"$dest/etc/logrotate.d/tallystick" <<END
/var/log/tallystick/*.log {
    daily
    rotate 14
    missingok
    notifempty
    compress
    delaycompress
    create 0640 www-data adm
    sharedscripts
    postrotate
        systemctl kill --kill-who=main --signal=USR1 tallystick-nginx.service || true
    endscript
}
END
[ -f "$dest/etc/tallystick/environment" ] || cat >"$dest/etc/tallystick/environment" <<END
TALLYSTICK_DATA=/var/lib/tallystick
TALLYSTICK_RUN=/run/tallystick
TALLYSTICK_SCHEMA=$prefix/share/tallystick/schema
TALLYSTICK_SITE_NAME="Tallystick"
TALLYSTICK_SITE_URL=http://127.0.0.1:8080
END

# KillMode: the end is said to multiwatch alone; a program that ends before its multiwatch has heard of it would be started again.
# StartLimitIntervalSec: by default systemd gives up for good what ends five times in ten seconds, as the ledger does while the disk is
# full or a tally command has the lock; it is started again until that is over.
# Nobody but the courier speaks to the internet; getaddrinfo asks the kernel (netlink) which addresses this machine has.
unit() { # name, description, ExecStart, more lines, "internet" for the one that needs it, most memory
    local private=yes families=AF_UNIX
    [ "${5:-}" != internet ] || { private=no; families="AF_UNIX AF_INET AF_INET6 AF_NETLINK"; }
    cat >"$units/tallystick-$1.service" <<END
[Unit]
Description=Tallystick: $2
StartLimitIntervalSec=0
$4
[Service]
User=tallystick
Group=www-data
EnvironmentFile=/etc/tallystick/environment
RuntimeDirectory=tallystick
RuntimeDirectoryMode=0750
RuntimeDirectoryPreserve=yes
StateDirectory=tallystick
StateDirectoryMode=0700
UMask=0007
ExecStart=$3
KillMode=mixed
Restart=always
RestartSec=200ms
MemoryMax=${6:-512M}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateNetwork=$private
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=$families
RestrictNamespaces=yes
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
END
}
unit ledger "the ledger, the only writer of registry.db" "$prefix/lib/tallystick/ledger" ""
pool() { # name of its socket, processes, program, most memory (512M)
    unit "$1" "$1" \
        "/usr/bin/spawn-fcgi -n -s /run/tallystick/$1.sock -b 4096 -M 0660 -- /usr/bin/multiwatch -f $2 -s TERM -r 100000 -t 100 -- $prefix/lib/tallystick/$3" \
        "After=tallystick-ledger.service
Wants=tallystick-ledger.service" "" "${4:-}"
}
for program in public signin account admin; do pool "$program" 2 "$program"; done
pool api 4 api
# A process waits for the ledger with its act: what so many of them ask is committed in one group.
pool api-acts 24 api 2G
unit courier "the courier, which sends webhooks" "$prefix/lib/tallystick/courier" "After=tallystick-ledger.service network-online.target
Wants=tallystick-ledger.service network-online.target" internet
# nginx itself is root, for the ports below 1024; its worker is www-data. It comes up beside services that are down, and says so to people.
cat >"$units/tallystick-nginx.service" <<END
[Unit]
Description=Tallystick: nginx before the programs
After=network.target tallystick-ledger.service
StartLimitIntervalSec=0

[Service]
RuntimeDirectory=tallystick-nginx
ExecStart=/usr/sbin/nginx -c /etc/tallystick/nginx.conf -g "daemon off;"
ExecReload=/usr/sbin/nginx -c /etc/tallystick/nginx.conf -s reload
KillMode=mixed
KillSignal=SIGQUIT
TimeoutStopSec=40
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
END
echo "Installed under ${dest:-/}. README.md, \"Operate\", says what comes next."
