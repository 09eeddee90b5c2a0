enum DoctorPlaceholder {}
