use super::*;

#[test]
fn the_example_of_the_rfc() {
    // RFC 6455 §5.7: a fragmented unmasked text message.
    let message = FragmentedMessage {
        bytes: b"Hello".to_vec(),
        cuts: vec![3],
        from: Role::Server,
        ..FragmentedMessage::default()
    };
    let bytes: Vec<_> = message.frames().into_iter().map(|f| f.bytes).collect();
    assert_eq!(bytes[0], [0x01, 0x03, 0x48, 0x65, 0x6c]);
    assert_eq!(bytes[1], [0x80, 0x02, 0x6c, 0x6f]);
    let cost = message.cost(&message.frames());
    assert_eq!(
        (cost.payload, cost.headers, cost.keys, cost.whole),
        (5, 4, 0, 2)
    );
}

#[test]
fn frames_stand_where_they_were_put() {
    let mut message = FragmentedMessage::default();
    for (gap, what) in [
        (3, Interleaved::Binary),
        (1, Interleaved::Ping),
        (0, Interleaved::Continuation),
        (1, Interleaved::Pong),
        (4, Interleaved::Ping),
    ] {
        message.put(gap, what);
    }
    let opcodes: Vec<_> = message
        .frames()
        .iter()
        .map(|f| f.header.opcode.bits())
        .collect();
    assert_eq!(opcodes, [0x0, 0x1, 0x9, 0xa, 0x0, 0x0, 0x2]);
    let fins: Vec<_> = message.frames().iter().map(|f| f.header.fin).collect();
    assert_eq!(fins, [true, false, true, true, false, true, true]);
    let mut at = 0;
    for frame in message.frames() {
        assert_eq!(frame.offset, at);
        at += frame.bytes.len() as u64;
    }
}

#[test]
fn cutting_and_joining_keep_what_is_elsewhere() {
    let mut message = FragmentedMessage::default();
    message.put(1, Interleaved::Ping);
    message.put(2, Interleaved::Pong);
    message.turn(2);
    let before = message.clone();
    // Within the second fragment, behind the ping and before the pong.
    assert_eq!(message.cut(6), Some(1));
    assert_eq!(message.cuts, [4, 6, 9]);
    assert_eq!(
        message.interleaved,
        [(1, Interleaved::Ping), (3, Interleaved::Pong)]
    );
    assert_eq!(message.flipped, [3]);
    assert_eq!(message.cut(6), None);
    message.join(1);
    assert_eq!(message, before);
    message.join(0);
    assert_eq!(
        (&message.cuts[..], &message.interleaved[..]),
        (&[9][..], &[(1, Interleaved::Pong)][..])
    );
    message.say(Kind::Text, b"Hi".to_vec());
    assert_eq!((message.cuts.len(), message.interleaved.len()), (0, 0));
    message.join(7);
    message.turn(1);
    assert_eq!(message.frames().len(), 1);
}

#[test]
fn a_cut_stays_between_its_neighbours() {
    let mut message = FragmentedMessage::default();
    message.shift(0, 99);
    assert_eq!(message.cuts, [8, 9]);
    message.shift(1, 0);
    assert_eq!(message.cuts, [8, 9]);
    message.shift(1, 99);
    message.shift(0, 0);
    // An empty fragment is legal.
    assert_eq!(message.cuts, [0, 12]);
    assert_eq!(message.fragments(), [0..0, 0..12, 12..12]);
    message.shift(9, 1);
}

#[test]
fn every_byte_is_drawn_once() {
    let mut message = FragmentedMessage::default();
    for cuts in [
        vec![],
        vec![3, 9, 10, 11],
        vec![0, 1, 12],
        (0..=12).collect(),
    ] {
        message.cuts = cuts;
        let pieces = message.pieces();
        let mut at = 0;
        for piece in &pieces {
            assert_eq!(piece.bytes.start, at);
            assert!(!piece.bytes.is_empty());
            let fragment = &message.fragments()[piece.fragment];
            assert!(fragment.start <= at && piece.bytes.end <= fragment.end);
            at = piece.bytes.end;
        }
        assert_eq!(at, 12);
    }
    message.cuts = vec![10];
    assert_eq!(message.through(10), Some(('€', 1, 3)));
    assert_eq!(message.through(9), None);
    assert_eq!(
        message
            .pieces()
            .iter()
            .filter(|p| p.bytes != p.whole)
            .count(),
        2
    );
}

#[test]
fn the_longest_fragment_is_cut() {
    let mut message = FragmentedMessage {
        cuts: vec![],
        ..FragmentedMessage::default()
    };
    while message.cut_longest().is_some() {}
    assert_eq!(message.cuts, (1..12).collect::<Vec<_>>());
    let mut short = FragmentedMessage {
        bytes: vec![],
        cuts: vec![],
        ..FragmentedMessage::default()
    };
    assert_eq!(short.cut_longest(), None);
    assert_eq!(short.frames().len(), 1);
}
