enum DoctorTestsPlaceholder {}
