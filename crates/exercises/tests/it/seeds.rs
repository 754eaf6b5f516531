//! What a seed decides: the same exercise everywhere, another one for another seed, and no habit that gives the answer away.

use std::collections::BTreeSet;

use exercises::{Exercise, Kind, Level, exercise};

fn thousand(kind: Kind, level: Level) -> impl Iterator<Item = Exercise> {
    (0..1000).map(move |seed| exercise(kind, level, seed))
}

#[test]
fn a_seed_gives_the_same_exercise_again() {
    for kind in Kind::ALL {
        for level in Level::ALL {
            for seed in [0, 1, 77, u64::MAX, u64::MAX / 3] {
                let made = exercise(kind, level, seed);
                assert_eq!(made, exercise(kind, level, seed));
                assert_eq!((made.kind, made.level, made.seed), (kind, level, seed));
            }
        }
    }
}

#[test]
fn seeds_give_different_exercises() {
    for kind in Kind::ALL {
        for (level, least) in [
            (Level::First, 80),
            (Level::Second, 400),
            (Level::Third, 500),
        ] {
            // What is asked, whatever the order of the choices.
            let asked: BTreeSet<String> = thousand(kind, level)
                .map(|made| format!("{} {:?} {}", made.text, made.figure, made.link))
                .collect();
            assert!(
                asked.len() >= least,
                "{} {}: {}",
                kind.name(),
                level.number(),
                asked.len()
            );
        }
    }
}

/// The place of the right choice, counted from the top.
fn place(made: &Exercise) -> usize {
    made.choices
        .iter()
        .position(|choice| choice.right)
        .expect("one is right")
}

#[test]
fn the_right_choice_stands_in_any_place() {
    for kind in Kind::ALL {
        for level in Level::ALL {
            let (mut found, mut expected) = ([0.0f64; 5], [0.0f64; 5]);
            for made in thousand(kind, level) {
                found[place(&made)] += 1.0;
                for share in &mut expected[..made.choices.len()] {
                    *share += 1.0 / made.choices.len() as f64;
                }
            }
            for (found, expected) in found.into_iter().zip(expected) {
                // Four standard deviations of a binomial distribution.
                let error = 4.0 * (expected * (1.0 - expected / 1000.0)).sqrt();
                assert!(
                    (found - expected).abs() <= error,
                    "{} {}: {found}, not {expected}",
                    kind.name(),
                    level.number()
                );
            }
        }
    }
}

#[test]
fn the_length_of_a_choice_does_not_tell_that_it_is_right() {
    for kind in Kind::ALL {
        let (mut longest, mut shortest, mut all) = (0, 0, 0);
        for level in Level::ALL {
            for made in thousand(kind, level) {
                let length = |text: &str| text.chars().count();
                let right = length(&made.choices[place(&made)].text);
                let wrong = || {
                    made.choices
                        .iter()
                        .filter(|c| !c.right)
                        .map(|c| length(&c.text))
                };
                longest += u32::from(wrong().all(|n| n < right));
                shortest += u32::from(wrong().all(|n| n > right));
                all += 1;
            }
        }
        let share = |n: u32| f64::from(n) / f64::from(all);
        let (longest, shortest) = (share(longest), share(shortest));
        println!(
            "{}: longest {longest:.2}, shortest {shortest:.2}",
            kind.name()
        );
        assert!(
            longest <= 0.4 && shortest <= 0.4,
            "{}: {longest:.2}, {shortest:.2}",
            kind.name()
        );
    }
}

#[test]
fn names_and_levels_can_be_read_back() {
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(kind));
        assert!(kind.chapter().starts_with('/'));
    }
    let names: BTreeSet<_> = Kind::ALL.map(Kind::name).into_iter().collect();
    assert_eq!(names.len(), Kind::ALL.len());
    for level in Level::ALL {
        assert_eq!(Level::numbered(level.number()), Some(level));
    }
    assert_eq!((Kind::named("frame"), Level::numbered(4)), (None, None));
}
