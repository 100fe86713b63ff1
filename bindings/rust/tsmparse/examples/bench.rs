// SPDX-License-Identifier: BSD-2-Clause

//! The Rust side of bindings/bench/examples.py. usage: bench MODE FILE

use std::ffi::c_long;

unsafe extern "C" {
    /// C's processor time, in microseconds on POSIX; Rust's own library has none.
    safe fn clock() -> c_long;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(2).ok_or("usage: bench MODE FILE")?;
    let begin = clock();
    let (mut count, mut objects) = (0, 0);
    for record in tsmparse::Log::open(file)?.records() {
        count += 1;
        objects += u64::from(record?.kind == "object");
    }
    println!("{count} {} {objects}", (clock() - begin) * 1000);
    Ok(())
}
