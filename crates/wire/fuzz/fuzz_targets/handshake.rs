//! Heads: spans lie in the head and in order, verdicts are complete, and every answer is a head itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::deflate;
use wire::handshake::{
    Asked, Head, Policy, Request, Requirement, Response, head_len, judge_exchange,
    judge_request, judge_response,
};

fn check_spans(head: &Head, from: usize) {
    let mut at = from;
    for line in head.lines() {
        assert!(line.name.start >= at && line.name.end > line.name.start);
        if !line.value.is_empty() {
            assert!(line.value.start >= line.name.end);
            at = line.value.end;
        } else {
            at = line.name.end;
        }
        assert!(at <= head.bytes().len());
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(end) = head_len(bytes) {
        assert!(end <= bytes.len());
        assert_eq!(head_len(&bytes[..end]), Some(end));
        assert_eq!(head_len(&bytes[..end - 1]), None);
    }
    let policy = Policy {
        origins: Some(vec!["https://example.com".into()]),
        protocols: vec!["chat".into()],
        deflate: Some(deflate::Policy::default()),
        ..Policy::default()
    };
    let request = Request::parse(bytes);
    if let Ok(request) = &request {
        assert_eq!(
            &bytes[..request.head().bytes().len()],
            request.head().bytes()
        );
        assert!(request.method_span().end < request.target_span().start);
        assert!(request.target_span().end < request.version_span().start);
        check_spans(request.head(), request.version_span().end);
    }
    let verdict = judge_request(&request, &policy);
    assert!(!verdict.findings.is_empty());
    let answer = verdict.answer();
    assert_eq!(answer.status == 101, verdict.accepted());
    let response = Response::parse(&answer.bytes).expect("an answer is HTTP");
    assert_eq!(response.status(), answer.status);
    if let (Ok(request), true) = (&request, verdict.accepted()) {
        // An offer that has to be declined stands there once for each of its faults.
        assert!(verdict.findings.len() >= Requirement::OF_REQUEST.len());
        // Whoever sent a request that is accepted accepts the answer.
        let judged = judge_response(&Ok(response), &Asked::of(request), 1 << 16);
        assert!(judged.accepted(), "{:?}", judged.broken());
        assert_eq!(judged.deflate, verdict.deflate.map(|a| a.params));
    }

    let response = Response::parse(bytes);
    if let Ok(response) = &response {
        assert!(response.version_span().end < response.status_span().start);
        assert!(response.status_span().end <= response.reason_span().start);
        check_spans(response.head(), response.reason_span().end);
    }
    judge_response(&response, &Asked::default(), 1 << 14);
    for (request, response) in [(Some(bytes), None), (None, Some(bytes)), (Some(bytes), Some(bytes))] {
        let exchange = judge_exchange(request, response, &policy);
        assert!(!exchange.findings.is_empty());
        // What opens in browsers opens by the RFC.
        assert!(exchange.opens_in_browsers != Some(true) || exchange.opens_by_rfc == Some(true));
    }
});
