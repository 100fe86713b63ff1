// SPDX-License-Identifier: BSD-2-Clause

//! Records and runs as the tsmparse command prints them.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Map, Number, Value, json};
use std::collections::{HashMap, VecDeque};
use tsmparse::{Field, Record, Run};

type Object = Map<String, Value>;

// Valid UTF-8, one U+FFFD for each byte that is not, and the bytes beside it then.
fn put_text(into: &mut Object, key: &str, text: &[u8]) {
    let (mut shown, mut bad) = (String::new(), 0);
    for chunk in text.utf8_chunks() {
        shown.push_str(chunk.valid());
        shown.extend(std::iter::repeat_n('\u{fffd}', chunk.invalid().len()));
        bad += chunk.invalid().len();
    }
    into.insert(key.into(), shown.into());
    if bad > 0 {
        into.insert(format!("{key}_b64"), BASE64_STANDARD.encode(text).into());
    }
}

fn put_text_or_null(into: &mut Object, key: &str, text: &[u8]) {
    if text.is_empty() {
        into.insert(key.into(), Value::Null);
    } else {
        put_text(into, key, text);
    }
}

// As it is, without a way through a float.
fn number(number: i64, power: i32) -> Value {
    Value::Number(Number::from_string_unchecked(format!("{number}e{power}")))
}

fn moment(micros: Option<i64>) -> Value {
    micros
        .and_then(chrono::DateTime::from_timestamp_micros)
        .map_or(Value::Null, |time| time.format("%Y-%m-%dT%H:%M:%S").to_string().into())
}

fn put_field(into: &mut Object, key: &str, field: &Field) {
    let value = match &field.value {
        tsmparse::Value::Text => return put_text(into, key, &field.text),
        tsmparse::Value::Word(word) => word.as_str().into(),
        tsmparse::Value::Number { number: n, power } => number(*n, *power),
        tsmparse::Value::Time(time) => moment(Some(*time)),
        tsmparse::Value::Unusable => {
            put_text(into, &format!("{key}_text"), &field.text);
            Value::Null
        }
    };
    into.insert(key.into(), value);
}

const TAKEN: [&str; 9] = ["offset", "line", "length", "kind", "format", "time", "flags", "stamp", "why"];

/// A record as `tsmparse records --format=jsonl` prints it.
pub fn record(record: &Record) -> Value {
    let mut out = Object::new();
    out.insert("offset".into(), record.offset.into());
    out.insert("line".into(), record.line.into());
    out.insert("length".into(), record.length.into());
    out.insert("kind".into(), record.kind.into());
    out.insert("format".into(), record.format.into());
    out.insert("time".into(), moment(record.time));
    out.insert("flags".into(), record.flags().into());
    if record.time.is_none() && !record.stamp().is_empty() {
        put_text(&mut out, "stamp", record.stamp());
    }
    if let Some(why) = record.why {
        out.insert("why".into(), why.into());
    }
    let shows_text = matches!(record.kind, "unknown" | "more");
    if shows_text {
        put_text(&mut out, "text", &record.text);
    }
    let mut seen = HashMap::new();
    let mut fields: VecDeque<_> = record.fields.iter().filter(|field| !field.name.is_empty()).collect();
    while let Some(field) = fields.pop_front() {
        if field.name == "candidates" {
            // none of those behind it is known to be right
            let mut ways = Vec::new();
            while fields.len() > 2 && fields[0].name == "path" {
                let mut way = Object::new();
                for part in fields.drain(..3) {
                    put_text(&mut way, &part.name, &part.text);
                }
                ways.push(Value::from(way));
            }
            out.insert("candidates".into(), ways.into());
            continue;
        }
        let count = seen.entry(&field.name).or_insert(0);
        *count += 1;
        let taken = TAKEN.contains(&&*field.name) || (shows_text && field.name == "text");
        let mut key = format!("{}{}", if taken { "field_" } else { "" }, field.name);
        if *count > 1 {
            key += &format!("_{count}");
        }
        put_field(&mut out, &key, field);
    }
    out.into()
}

/// A run as `tsmparse check --format=json` prints it.
pub fn run(run: &Run) -> Value {
    let evidence = run.evidence.iter().map(|reason| {
        let mut one = Object::new();
        one.insert("id".into(), reason.id.into());
        one.insert("strength".into(), reason.strength.into());
        one.insert("lines".into(), reason.lines.clone().into());
        put_text(&mut one, "text", &reason.text);
        one
    });
    let volumes = run.volumes.iter().map(|volume| {
        let mut one = Object::new();
        one.insert("outcome".into(), if volume.outcome == "successful" { "ended" } else { volume.outcome }.into());
        one.insert("failures".into(), volume.failures.into());
        put_text_or_null(&mut one, "name", &volume.name);
        one
    });
    let mut statistics = Object::new();
    for statistic in run.statistics.iter().filter(|statistic| !statistic.name.is_empty()) {
        let value = statistic.number.map_or(Value::Null, |(n, power)| number(n, power));
        statistics.entry(statistic.name).or_insert(value);
    }
    let counts = |all: &[(&str, u64)]| all.iter().map(|(key, n)| (key.to_string(), (*n).into())).collect::<Object>();
    let mut out = json!({
        "action": run.action, "claim": run.claim, "verdict": run.verdict, "proof": run.proof,
        "return_code": run.return_code, "scheduled": moment(run.scheduled), "started": moment(run.started),
        "ended": moment(run.ended), "first_line": run.first_line, "last_line": run.last_line,
        "evidence": evidence.collect::<Vec<_>>(), "volumes": volumes.collect::<Vec<_>>(),
        "statistics": statistics, "objects": counts(&run.objects), "messages": counts(&run.messages),
    });
    if let Value::Object(out) = &mut out {
        put_text_or_null(out, "schedule", &run.schedule);
        put_text_or_null(out, "node", &run.node);
    }
    out
}
