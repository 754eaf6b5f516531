//! The ladder: lifelines, what passes between them, and what happens at each, with time running down. What is lost on
//! its way ends in a cross. Lines are drawn down to now and no further; words are there as soon as they are given.
//!
//! It is plain data and one function from it to a view. Who sends what, and why, it does not know.

pub mod layout;
pub mod lying;

use yew::prelude::*;

/// A ladder. Heights are in pixels from its top; places across are shares of its width.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// A word that no other ladder of the page has.
    pub id: &'static str,
    /// Its height.
    pub height: f64,
    /// The lifelines, from left to right.
    pub lifelines: Vec<Lifeline>,
    /// What passes between them.
    pub arrows: Vec<Arrow>,
    /// Words.
    pub notes: Vec<Note>,
    /// The times beside it.
    pub times: Vec<Time>,
    /// Waits that are drawn short.
    pub gaps: Vec<Gap>,
    /// From where on nothing passes any more.
    pub cut: Option<f64>,
    /// How far down the reader is.
    pub now: f64,
}

/// A lifeline.
#[derive(Clone, Debug)]
pub struct Lifeline {
    /// The class that gives it its colour, as `--d`.
    pub class: &'static str,
    /// Where it stands across, from 0 to 1.
    pub at: f64,
    /// How many pixels from there its ground line is drawn.
    pub shift: f64,
    /// How it is drawn, from time to time.
    pub strokes: Vec<Stroke>,
}

/// A part of a lifeline.
#[derive(Clone, Debug)]
pub struct Stroke {
    /// Its class.
    pub class: &'static str,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// How many pixels to the right it is drawn.
    pub shift: f64,
}

/// What passes from one lifeline to another.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// Its class. It has the colour of the lifeline that it leaves.
    pub class: &'static str,
    /// The number of the lifeline that it leaves.
    pub from: usize,
    /// The number of the one that it goes to.
    pub to: usize,
    /// Where it leaves.
    pub leaves: f64,
    /// Where it arrives, or is lost.
    pub arrives: f64,
    /// How much of its way it makes, from 0 to 1, before it is lost.
    pub lost: Option<f64>,
}

/// Words at a lifeline, or in the middle.
#[derive(Clone, Debug)]
pub struct Note {
    /// The number of the lifeline.
    pub lane: Option<usize>,
    /// Where they begin.
    pub at: f64,
    /// Whether they may be wider than half.
    pub wide: bool,
    /// The words.
    pub words: Html,
}

/// A time that the reader can go to.
#[derive(Clone, Debug)]
pub struct Time {
    /// Where it stands.
    pub at: f64,
    /// The time.
    pub label: String,
    /// Whether the reader is there.
    pub here: bool,
    /// Goes there.
    pub onclick: Callback<MouseEvent>,
}

/// A wait that is drawn short.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Where its words begin.
    pub at: f64,
    /// How long it is.
    pub label: String,
}

/// Room between a lifeline and the arrows at it, as a share of the width.
const INSET: f64 = 0.016;
/// What is lost comes a little way for the eye, and does not quite arrive.
const LOST: (f64, f64) = (0.12, 0.88);

/// An arrow as far as it has come.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Way {
    /// Where it begins: across, and down.
    from: (f64, f64),
    /// Where it is.
    to: (f64, f64),
    /// Whether it has come to its end.
    whole: bool,
}

impl Ladder {
    /// The way of an arrow up to now. `None` where it has not left, or has no lifelines.
    fn way(&self, arrow: &Arrow) -> Option<Way> {
        let (a, b) = (
            self.lifelines.get(arrow.from)?.at,
            self.lifelines.get(arrow.to)?.at,
        );
        if self.now <= arrow.leaves {
            return None;
        }
        let inset = if b < a { -INSET } else { INSET };
        let (a, b) = (a + inset, b - inset);
        let whole = arrow.arrives - arrow.leaves;
        let share = match whole > 0.0 {
            true => ((self.now - arrow.leaves) / whole).min(1.0),
            false => 1.0,
        };
        let far = arrow.lost.map_or(1.0, |lost| lost.clamp(LOST.0, LOST.1));
        Some(Way {
            from: (a, arrow.leaves),
            to: (a + (b - a) * far * share, arrow.leaves + whole * share),
            whole: share >= 1.0,
        })
    }

    /// The drawing.
    pub fn view(&self) -> Html {
        // By their numbers: without a key, yew counts from the end, and what has been said would move when something is added.
        let times = self.times.iter().enumerate().map(|(n, time)| {
            html! {
                <button type="button" key={n} class="ladder__time" style={top(time.at)} aria-current={time.here.then_some("step")} onclick={time.onclick.clone()}>{ &time.label }</button>
            }
        });
        let gaps = self.gaps.iter().map(|gap| {
            html! { <p class="ladder__gap" style={top(gap.at)}>{ &gap.label }</p> }
        });
        let notes = self
            .notes
            .iter()
            .enumerate()
            .map(|(n, note)| self.note(n, note));
        let dead = self.cut.filter(|at| *at < self.now).map(|at| {
            let style = format!("{};height:{}px", top(at), (self.now - at).round());
            html! { <div class="ladder__dead" {style}></div> }
        });
        html! {
            <div class="ladder drawing" style={format!("height:{}px", self.height.round())}>
                <div class="ladder__times">{ for times }</div>
                <div class="ladder__field">
                    { for dead }
                    <svg class="ladder__lines" width="100%" height="100%" aria-hidden="true">
                        <defs>{ for self.lifelines.iter().enumerate().map(|(i, lifeline)| self.head(i, lifeline)) }</defs>
                        { for self.lifelines.iter().map(|lifeline| self.lifeline(lifeline)) }
                        { for self.arrows.iter().map(|arrow| self.arrow(arrow)) }
                        if self.now < self.height {
                            <line class="ladder__now" x1="0" x2="100%" y1={px(self.now)} y2={px(self.now)}/>
                        }
                    </svg>
                    { for gaps }
                    <ol>{ for notes }</ol>
                </div>
            </div>
        }
    }

    fn head_id(&self, lane: usize) -> String {
        format!("{}-head-{lane}", self.id)
    }

    /// The head of the arrows that leave a lifeline.
    fn head(&self, lane: usize, lifeline: &Lifeline) -> Html {
        html! {
            <marker id={self.head_id(lane)} class={lifeline.class} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .8L10 5L0 9.2z"/></marker>
        }
    }

    fn lifeline(&self, lifeline: &Lifeline) -> Html {
        let line = |class: Classes, from: f64, to: String, shift: f64| {
            let x = percent(lifeline.at);
            html! {
                <line {class} x1={x.clone()} x2={x} y1={px(from)} y2={to} transform={format!("translate({shift} 0)")}/>
            }
        };
        let strokes = lifeline
            .strokes
            .iter()
            .filter(|stroke| stroke.from < self.now);
        let strokes = strokes.map(|stroke| {
            let to = stroke.to.min(self.now);
            line(stroke.class.into(), stroke.from, px(to), stroke.shift)
        });
        html! {
            <g class={lifeline.class}>
                { line("ladder__todo".into(), 0.0, "100%".into(), lifeline.shift) }
                { for strokes }
            </g>
        }
    }

    fn arrow(&self, arrow: &Arrow) -> Html {
        let Some(way) = self.way(arrow) else {
            return Html::default();
        };
        let lost = arrow.lost.is_some() && way.whole;
        let head = (!lost).then(|| format!("url(#{})", self.head_id(arrow.from)));
        html! {
            <g class={classes!("ladder__arrow", self.lifelines[arrow.from].class, arrow.class)}>
                <line x1={percent(way.from.0)} x2={percent(way.to.0)} y1={px(way.from.1)} y2={px(way.to.1)} marker-end={head}/>
                if lost {
                    <svg x={percent(way.to.0)} y={px(way.to.1)} overflow="visible"><path d="M-6 -6L6 6M6 -6L-6 6"/></svg>
                }
            </g>
        }
    }

    fn note(&self, number: usize, note: &Note) -> Html {
        let lifeline = note.lane.and_then(|lane| self.lifelines.get(lane));
        // Beside its lifeline, towards the middle.
        let (side, style) = match lifeline {
            None => ("ladder__note--middle", top(note.at)),
            Some(lifeline) if lifeline.at > 0.5 => {
                let from = percent(1.0 - lifeline.at);
                (
                    "ladder__note--end",
                    format!("{};--from:{from}", top(note.at)),
                )
            }
            Some(lifeline) => {
                let from = percent(lifeline.at);
                (
                    "ladder__note--start",
                    format!("{};--from:{from}", top(note.at)),
                )
            }
        };
        let class = classes!(
            "ladder__note",
            side,
            note.wide.then_some("ladder__note--wide"),
            lifeline.map(|lifeline| lifeline.class)
        );
        html! { <li key={number} {class} {style}>{ note.words.clone() }</li> }
    }
}

fn top(y: f64) -> String {
    format!("top:{}px", y.round())
}

fn px(y: f64) -> String {
    format!("{y:.1}")
}

fn percent(share: f64) -> String {
    // Not more digits than can be seen, and none that arithmetic adds.
    format!("{}%", (share * 1e4).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ladder(now: f64) -> Ladder {
        let lifeline = |class, at| Lifeline {
            class,
            at,
            shift: 0.0,
            strokes: vec![Stroke {
                class: "open",
                from: 0.0,
                to: 300.0,
                shift: 0.0,
            }],
        };
        let arrow = |from, to, leaves, arrives, lost| Arrow {
            class: "",
            from,
            to,
            leaves,
            arrives,
            lost,
        };
        Ladder {
            id: "test",
            height: 300.0,
            lifelines: vec![
                lifeline("left", 0.0),
                lifeline("middle", 0.4),
                lifeline("right", 1.0),
            ],
            arrows: vec![
                arrow(0, 2, 0.0, 100.0, None),
                arrow(2, 1, 100.0, 200.0, Some(0.5)),
                arrow(0, 9, 0.0, 1.0, None),
            ],
            notes: vec![
                Note {
                    lane: Some(2),
                    at: 50.0,
                    wide: false,
                    words: "said".into(),
                },
                Note {
                    lane: None,
                    at: 250.0,
                    wide: true,
                    words: "later".into(),
                },
            ],
            now,
            ..Ladder::default()
        }
    }

    fn close(a: (f64, f64), b: (f64, f64)) -> bool {
        (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9
    }

    #[test]
    fn an_arrow_comes_as_far_as_now() {
        let way = |now| {
            let ladder = ladder(now);
            ladder.way(&ladder.arrows[0])
        };
        assert_eq!(way(0.0), None);
        let half = way(50.0).unwrap();
        assert!(close(half.to, (0.5, 50.0)) && !half.whole);
        let whole = way(250.0).unwrap();
        assert!(close(whole.from, (INSET, 0.0)) && close(whole.to, (1.0 - INSET, 100.0)));
        assert!(whole.whole);
    }

    #[test]
    fn what_is_lost_ends_on_its_way_with_a_cross() {
        let ladder = ladder(300.0);
        let way = ladder.way(&ladder.arrows[1]).unwrap();
        assert!(close(way.to, (0.7, 200.0)), "halfway from right to middle");
        let (lost, came) = (
            html(ladder.arrow(&ladder.arrows[1])),
            html(ladder.arrow(&ladder.arrows[0])),
        );
        assert!(lost.contains("<path") && !lost.contains("marker-end"));
        assert!(came.contains("marker-end") && !came.contains("<path"));
    }

    #[test]
    fn an_arrow_between_lifelines_that_are_not_there_is_not_drawn() {
        let ladder = ladder(300.0);
        assert_eq!(ladder.way(&ladder.arrows[2]), None);
    }

    #[test]
    fn lines_end_at_now() {
        let half = html(ladder(100.0).view());
        assert_eq!(half.matches("marker-end").count(), 1);
        assert!(half.contains("ladder__now") && !half.contains("y2=\"300.0\""));
        let whole = html(ladder(300.0).view());
        assert!(!whole.contains("ladder__now") && whole.contains("y2=\"300.0\""));
    }

    #[test]
    fn words_stand_beside_their_lifeline() {
        let whole = html(ladder(300.0).view());
        for (class, words) in [
            ("ladder__note--end", "said"),
            ("ladder__note--middle", "later"),
        ] {
            let item = whole.split("<li").find(|item| item.contains(class));
            assert!(item.is_some_and(|item| item.contains(words)), "{class}");
        }
    }

    #[derive(Properties, PartialEq)]
    struct Of {
        html: Html,
    }

    #[component]
    fn Shown(props: &Of) -> Html {
        props.html.clone()
    }

    fn html(html: Html) -> String {
        let renderer = yew::LocalServerRenderer::<Shown>::with_props(Of { html });
        pollster::block_on(renderer.hydratable(false).render())
    }
}
