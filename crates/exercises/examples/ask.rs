//! Asks one exercise on a terminal, and answers it: `cargo run -p exercises --example ask -- KIND LEVEL SEED`.

use exercises::{Exercise, Figure, Kind, Level, exercise};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match read(&arguments) {
        Ok((kind, level, seed)) => print(&exercise(kind, level, seed)),
        Err(why) => {
            eprintln!("{why}");
            std::process::exit(2);
        }
    }
}

fn read(arguments: &[String]) -> Result<(Kind, Level, u64), String> {
    let [kind, level, seed] = arguments else {
        return Err(format!(
            "Three arguments are needed, KIND LEVEL SEED, such as `read-frame 2 7`; here are \
             {}.",
            arguments.len()
        ));
    };
    let kinds = Kind::ALL.map(Kind::name).join(", ");
    let kind = Kind::named(kind)
        .ok_or_else(|| format!("There is no kind `{kind}`. There are {kinds}."))?;
    let level = level.parse().ok().and_then(Level::numbered);
    let level = level.ok_or("A level is 1, 2 or 3.")?;
    let seed = seed
        .parse()
        .map_err(|_| "A seed is a whole number below 2⁶⁴.")?;
    Ok((kind, level, seed))
}

fn print(made: &Exercise) {
    println!(
        "{} (level {}, seed {})\n\n{}\n",
        made.kind.title(),
        made.level.number(),
        made.seed,
        made.text
    );
    match &made.figure {
        Some(Figure::Bytes { bytes, .. }) => {
            let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            println!("    {}\n", bytes.join(" "));
        }
        Some(Figure::Text(text)) => {
            for line in text.lines() {
                println!("    {line}");
            }
            println!();
        }
        None => {}
    }
    for (choice, letter) in made.choices.iter().zip('A'..) {
        println!("{letter}  {}", choice.text);
    }
    println!();
    for (choice, letter) in made.choices.iter().zip('A'..) {
        let sign = if choice.right { "right" } else { "wrong" };
        println!("{letter} is {sign}: {}", choice.explanation);
    }
    println!();
    for (step, number) in made.steps.iter().zip(1..) {
        println!("{number}. {step}");
    }
    println!(
        "\nRFC {} §{}\n{}",
        made.section.rfc, made.section.number, made.link
    );
}
