//! The part of the Python package `metatron_qso` that is made of Rust.

use metatron_qso::{Graph, GraphError, Walk};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

fn index_error(error: GraphError) -> PyErr {
    PyIndexError::new_err(error.to_string())
}

/// A quantum walk on Metatron's cube.
#[pyclass(name = "Walk")]
struct PyWalk(Walk);

#[pymethods]
impl PyWalk {
    #[new]
    #[pyo3(signature = (start = 0))]
    fn new(start: usize) -> PyResult<Self> {
        Walk::new(Graph::metatron(), start)
            .map(Self)
            .map_err(index_error)
    }

    /// Lets time pass.
    fn step(&mut self, time: f64) {
        self.0.step(time);
    }

    /// The probability to be found on each node.
    fn probabilities(&self) -> Vec<f64> {
        self.0.probabilities()
    }
}

#[pymodule]
fn _metatron_qso_internal(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<PyWalk>()
}
