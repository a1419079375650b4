//! The Python package `nusterdb`.

mod store;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use store::{Store, VectorError};

fn value_error(error: VectorError) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// Vectors of one dimension, by key.
#[pyclass(name = "VectorStore")]
struct PyVectorStore(Store);

#[pymethods]
impl PyVectorStore {
    #[new]
    fn new(dimension: usize) -> Self {
        Self(Store::new(dimension))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Puts a vector in the place of the one that has its key, if there is one.
    fn insert(&mut self, key: String, vector: Vec<f64>) -> PyResult<()> {
        self.0.insert(key, &vector).map_err(value_error)
    }

    /// The keys of the nearest vectors, each with the cosine of the angle between, the greatest first.
    #[pyo3(signature = (vector, count = 1))]
    fn nearest(&self, vector: Vec<f64>, count: usize) -> PyResult<Vec<(String, f64)>> {
        let found = self.0.nearest(&vector, count).map_err(value_error)?;
        Ok(found
            .into_iter()
            .map(|(key, cosine)| (key.to_owned(), cosine))
            .collect())
    }
}

#[pymodule]
fn nusterdb(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", "0.1.0")?;
    m.add_class::<PyVectorStore>()
}
