//! Fields of study of the sample: what their projects are about and which skills they share.

/// A field of study.
pub(super) struct Field {
    /// For people.
    pub name: &'static str,
    /// What its projects are about.
    pub topics: &'static [&'static str],
    /// What its people know; neighbours go together.
    pub skills: &'static [&'static str],
}

/// The fields.
pub(super) static FIELDS: [Field; 8] = [
    Field {
        name: "Computing",
        topics: &["a service for sensor data", "a compiler for robots", "search over archives"],
        skills: &["Python", "Rust", "C++", "C", "Java", "JavaScript", "SQL", "Linux"],
    },
    Field {
        name: "Machine Learning",
        topics: &["speech of small languages", "images of cells", "forecasts of demand"],
        skills: &["Python", "PyTorch", "Statistics", "NumPy", "SQL", "Linear Algebra", "C++"],
    },
    Field {
        name: "Mechanics",
        topics: &["a gripper", "a wind tunnel", "a prosthesis"],
        skills: &["CAD", "SolidWorks", "MATLAB", "Machining", "Control Theory", "3D Printing", "Python"],
    },
    Field {
        name: "Electronics",
        topics: &["a low-power radio", "a battery monitor", "a lidar"],
        skills: &["C", "PCB Design", "VHDL", "MATLAB", "Signal Processing", "Embedded Systems", "Python"],
    },
    Field {
        name: "Biology",
        topics: &["a gene screen", "a protein assay", "soil bacteria"],
        skills: &["PCR", "Cell Culture", "Microscopy", "R", "Statistics", "Python", "Bioinformatics"],
    },
    Field {
        name: "Chemistry",
        topics: &["a catalyst", "a membrane", "a battery electrode"],
        skills: &["Synthesis", "NMR", "Spectroscopy", "MATLAB", "Microscopy", "Statistics", "Python"],
    },
    Field {
        name: "Energy",
        topics: &["a microgrid", "building retrofits", "a heat pump"],
        skills: &["MATLAB", "Python", "GIS", "Optimisation", "Thermodynamics", "Statistics", "CAD"],
    },
    Field {
        name: "Cities",
        topics: &["bus networks", "flood maps", "housing costs"],
        skills: &["GIS", "Statistics", "R", "Python", "Survey Design", "Economics", "JavaScript"],
    },
];
