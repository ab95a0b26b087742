//! The constants as `highs` calls them, each from the header's own.

use crate::bindings::*;

pub const MATRIX_FORMAT_COLUMN_WISE: HighsInt = kHighsMatrixFormatColwise;
pub const MODEL_STATUS_INFEASIBLE: HighsInt = kHighsModelStatusInfeasible;
pub const MODEL_STATUS_LOAD_ERROR: HighsInt = kHighsModelStatusLoadError;
pub const MODEL_STATUS_MODEL_EMPTY: HighsInt = kHighsModelStatusModelEmpty;
pub const MODEL_STATUS_MODEL_ERROR: HighsInt = kHighsModelStatusModelError;
pub const MODEL_STATUS_NOTSET: HighsInt = kHighsModelStatusNotset;
pub const MODEL_STATUS_OBJECTIVE_BOUND: HighsInt = kHighsModelStatusObjectiveBound;
pub const MODEL_STATUS_OBJECTIVE_TARGET: HighsInt = kHighsModelStatusObjectiveTarget;
pub const MODEL_STATUS_OPTIMAL: HighsInt = kHighsModelStatusOptimal;
pub const MODEL_STATUS_POSTSOLVE_ERROR: HighsInt = kHighsModelStatusPostsolveError;
pub const MODEL_STATUS_PRESOLVE_ERROR: HighsInt = kHighsModelStatusPresolveError;
pub const MODEL_STATUS_REACHED_INTERRUPT: HighsInt = kHighsModelStatusInterrupt;
pub const MODEL_STATUS_REACHED_ITERATION_LIMIT: HighsInt = kHighsModelStatusIterationLimit;
/// `HighsModelStatus::kMemoryLimit` of `lp_data/HConst.h`, which the C header leaves out.
pub const MODEL_STATUS_REACHED_MEMORY_LIMIT: HighsInt = 18;
pub const MODEL_STATUS_REACHED_SOLUTION_LIMIT: HighsInt = kHighsModelStatusSolutionLimit;
pub const MODEL_STATUS_REACHED_TIME_LIMIT: HighsInt = kHighsModelStatusTimeLimit;
pub const MODEL_STATUS_SOLVE_ERROR: HighsInt = kHighsModelStatusSolveError;
pub const MODEL_STATUS_UNBOUNDED: HighsInt = kHighsModelStatusUnbounded;
pub const MODEL_STATUS_UNBOUNDED_OR_INFEASIBLE: HighsInt = kHighsModelStatusUnboundedOrInfeasible;
pub const MODEL_STATUS_UNKNOWN: HighsInt = kHighsModelStatusUnknown;
pub const OBJECTIVE_SENSE_MAXIMIZE: HighsInt = kHighsObjSenseMaximize;
pub const OBJECTIVE_SENSE_MINIMIZE: HighsInt = kHighsObjSenseMinimize;
pub const SOLUTION_STATUS_FEASIBLE: HighsInt = kHighsSolutionStatusFeasible;
pub const SOLUTION_STATUS_INFEASIBLE: HighsInt = kHighsSolutionStatusInfeasible;
pub const SOLUTION_STATUS_NONE: HighsInt = kHighsSolutionStatusNone;
pub const STATUS_ERROR: HighsInt = kHighsStatusError;
pub const STATUS_OK: HighsInt = kHighsStatusOk;
pub const STATUS_WARNING: HighsInt = kHighsStatusWarning;
pub const VAR_TYPE_CONTINUOUS: HighsInt = kHighsVarTypeContinuous;
pub const VAR_TYPE_INTEGER: HighsInt = kHighsVarTypeInteger;
pub const VAR_TYPE_SEMI_CONTINUOUS: HighsInt = kHighsVarTypeSemiContinuous;
pub const VAR_TYPE_SEMI_INTEGER: HighsInt = kHighsVarTypeSemiInteger;
