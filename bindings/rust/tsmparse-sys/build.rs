// SPDX-License-Identifier: BSD-2-Clause

//! Finds the library as pkg-config tells it.

fn main() {
    if let Err(error) = pkg_config::probe_library("tsmparse") {
        panic!(
            "libtsmparse is not found: install it, or set PKG_CONFIG_PATH to the folder of its tsmparse.pc ({error})"
        );
    }
}
