/// Guest ABI v1: a buffer that the host fills, and one that it reads.
#[no_mangle]
pub extern "C" fn alloc(size: i32) -> *mut u8 {
    let buffer = vec![0_u8; size as usize].into_boxed_slice();
    Box::into_raw(buffer).cast()
}

/// The other half: the input is given back to Rust, the output is not taken back.
#[no_mangle]
pub unsafe extern "C" fn process(at: *mut u8, size: i32) -> i64 {
    let input = Vec::from_raw_parts(at, size as usize, size as usize);
    let output = answer(&input).into_boxed_slice();
    let size = output.len() as i64;
    (Box::into_raw(output).cast::<u8>() as i64) << 32 | size
}
