//! Prints how a walk leaves the middle of Metatron's cube and comes back.

use metatron_qso::{Graph, GraphError, Walk};

fn main() -> Result<(), GraphError> {
    let mut walk = Walk::new(Graph::metatron(), 0)?;
    for step in 0..=8 {
        println!("{step}: {:.4}", walk.probabilities()[0]);
        walk.step(std::f64::consts::PI / 52.0);
    }
    Ok(())
}
