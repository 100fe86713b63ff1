// SPDX-License-Identifier: BSD-2-Clause

//! What users of the crate rely on.

use tsmparse::{DateOrder, Error, Log, Reader, Value};

const LOG: &[u8] = b"09/17/2025 22:04:12 Node Name: KESTREL\n\
09/17/2025 22:05:00 --- SCHEDULEREC OBJECT BEGIN NIGHT_INC 09/17/2025 22:00:00\n\
09/17/2025 22:05:01 Incremental backup of volume '/srv'\n\
09/17/2025 22:05:02 Normal File-->             4,096 /srv/\xff b [Sent]\n";

#[test]
fn records_tile_the_input_and_names_are_bytes() {
    let log = Log::new(LOG).unwrap();
    let records: Vec<_> = log.records().map(Result::unwrap).collect();
    let text: Vec<u8> = records.iter().flat_map(|record| [&record.text[..], b"\n"].concat()).collect();
    assert_eq!(text, LOG);
    let object = records.iter().find(|record| record.kind == "object").unwrap();
    assert_eq!(object.get("path").unwrap().text, b"/srv/\xff b");
    assert_eq!(object.get("size").unwrap().value, Value::Number { number: 4096, power: 0 });
    assert_eq!(object.stamp(), b"09/17/2025 22:05:02");
    assert_eq!(object.time, Some(1_758_146_702_000_000));
}

#[test]
fn pieces_do_not_matter() {
    for size in [1, 7, LOG.len()] {
        let mut reader = Reader::new(Some(DateOrder::Mdy)).unwrap();
        let mut count = 0;
        for piece in LOG.chunks(size) {
            count += reader.feed(piece).unwrap().len();
        }
        count += reader.end().unwrap().len();
        assert_eq!(count, 4, "pieces of {size}");
    }
}

#[test]
fn a_cut_log_proves_nothing() {
    let report = Log::new(LOG).unwrap().check().unwrap();
    assert_eq!(report.runs.len(), 1);
    assert_eq!(report.runs[0].schedule, b"NIGHT_INC");
    assert_ne!(report.verdict, "complete");
    assert_eq!(Log::new("").unwrap().check().unwrap().verdict, "unknown");
}

#[test]
fn wrong_use_is_an_error_that_says_what_to_do() {
    let mut reader = Reader::new(None).unwrap();
    reader.end().unwrap();
    assert!(matches!(reader.feed(LOG), Err(Error::Library(status, text)) if status < 0 && text.contains("end")));
    assert!(matches!(Log::open("/nowhere/log"), Err(Error::Io(_))));
    assert!(Error::Abi(9).to_string().contains("has ABI 9"));
}

#[test]
fn threads() {
    let log = Log::new(LOG.repeat(20)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(log.records().filter(Result::is_ok).count(), 80);
                    log.check().unwrap();
                }
            });
        }
    });
    let mut moved = Reader::new(None).unwrap();
    let first = moved.feed(LOG).unwrap();
    let rest = std::thread::spawn(move || moved.end().unwrap()).join().unwrap();
    assert_eq!(first.len() + rest.len(), 4);
}
