declare module 'fs-native-extensions' {
  /** Locks the whole file until the open file is closed: false if another open file has the lock. */
  export function tryLock(fileDescriptor: number): boolean;
}
